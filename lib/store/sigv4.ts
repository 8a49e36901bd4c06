import { createHmac, hash } from "node:crypto";

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface Unsigned {
  readonly host: string;
  readonly region: string;
  readonly service: string;
  /** By their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** By the machine's clock. Epoch milliseconds. */
  readonly at: number;
}

const hmac = (key: string | Buffer, text: string): Buffer => createHmac("sha256", key).update(text).digest();

/**
 * The headers of a POST to `/`, signed by AWS Signature Version 4. By hand, since the library that does it for every service is
 * a sixth of the bundle of the function that decides (docs/decisions/0019-hot-path.md); a test holds it to that library.
 */
export function signedHeaders(
  { host, region, service, headers, body, at }: Unsigned,
  { accessKeyId, secretAccessKey, sessionToken }: Credentials,
): Record<string, string> {
  const time = `${new Date(at).toISOString().slice(0, 19).replaceAll(/[-:]/g, "")}Z`;
  const day = time.slice(0, 8);
  const signed: Record<string, string> = {
    ...headers,
    host,
    "x-amz-date": time,
    ...(sessionToken === undefined ? {} : { "x-amz-security-token": sessionToken }),
  };
  const names = Object.keys(signed).sort();
  const canonical = ["POST", "/", "", ...names.map((name) => `${name}:${signed[name]}`), "", names.join(";"), hash("sha256", body)].join(
    "\n",
  );
  const scope = `${day}/${region}/${service}/aws4_request`;
  const signature = hmac(
    signingKey(secretAccessKey, [day, region, service, "aws4_request"]),
    `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash("sha256", canonical)}`,
  ).toString("hex");
  const authorization = `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope}, SignedHeaders=${names.join(";")}, Signature=${signature}`;
  return { ...signed, authorization };
}

let last: { readonly of: string; readonly key: Buffer } | undefined;

/** Stays the same for a day. */
function signingKey(secret: string, scope: readonly string[]): Buffer {
  const of = [secret, ...scope].join("\n");
  if (last?.of !== of) last = { of, key: scope.reduce<Buffer | string>(hmac, `AWS4${secret}`) as Buffer };
  return last.key;
}
