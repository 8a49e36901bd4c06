/** The file in the bench's folder that holds the store's answer to a request. */
export const answerFile = (operation: string, pk: string, sk: string): string => encodeURIComponent(`${operation} ${pk} ${sk}`);

/** The file that holds the issuer's keys. */
export const KEYS_FILE = "jwks.json";
