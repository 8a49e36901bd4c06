/** A day's counts of a season on a surface. */
export interface StatementKey {
  readonly season: string;
  readonly surface: string;
  /** `2024-06-18` in the season's zone. */
  readonly day: string;
}

/** Public, as JWK (RFC 8037). */
export interface PublicKey {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  readonly x: string;
  readonly kid: string;
  readonly alg: "EdDSA";
  readonly use: "sig";
}

export interface StatementStore {
  /** The signed statement, if it has been given. @throws Unavailable. */
  get(key: StatementKey): Promise<string | undefined>;
  /** Keeps it unless there is one, and the key with which it can be checked. @returns what is kept. @throws Unavailable. */
  keep(key: StatementKey, jws: string, publicKey: PublicKey): Promise<string>;
  /** Every key that has signed a statement. @throws Unavailable. */
  publicKeys(): Promise<readonly PublicKey[]>;
}

/** Signs statements so that whoever has the public key can check them. The same text is signed the same. */
export interface StatementSigner {
  readonly publicKey: () => Promise<PublicKey>;
  /** A compact JWS (RFC 7515) of the text. */
  readonly sign: (text: string) => Promise<string>;
}
