import { createHmac } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type CryptoKey, exportJWK, exportSPKI, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import type { User } from "../../lib/domain/authorisation.ts";
import { AUDIENCE, ISSUER } from "../../scripts/local/issuer.ts";
import type { Gate } from "./gate.ts";

const ALGORITHM = "ES256";
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64url");

/** Tokens that say they are the user's and are not to be believed, by what is wrong with them. */
export async function forgedTokens(gate: Gate, user: User): Promise<Readonly<Record<string, string>>> {
  const jwk: JWK & { kid: string } = JSON.parse(await readFile(gate.keyFile, "utf8"));
  const issuersKey = await importJWK(jwk, ALGORITHM);
  const { d: _, ...publicJwk } = jwk;
  const publicKey = (await importJWK(publicJwk, ALGORITHM, { extractable: true })) as CryptoKey;
  const stranger = await generateKeyPair(ALGORITHM, { extractable: true });
  const strangersJwk = await exportJWK(stranger.publicKey);

  const now = Math.floor(Date.now() / 1000);
  const header = { alg: ALGORITHM, typ: "at+jwt", kid: jwk.kid };
  const claims = { ...user, iss: ISSUER, aud: AUDIENCE, iat: now, nbf: now, exp: now + 3600, jti: "x" };
  const sign = (changes: object, headerChanges: object = {}, key: CryptoKey | Uint8Array = issuersKey) =>
    new SignJWT({ ...claims, ...changes }).setProtectedHeader({ ...header, ...headerChanges }).sign(key);
  const hmac = (secret: string, payload: object = claims) => {
    const text = `${part({ ...header, alg: "HS256" })}.${part(payload)}`;
    return `${text}.${createHmac("sha256", secret).update(text).digest("base64url")}`;
  };
  const good = await sign({});
  const [head = "", body = "", signature = ""] = good.split(".");

  return {
    "no token": "",
    garbage: "garbage",
    "three pieces of garbage": "a.b.c",
    "10 kB": "x".repeat(10_000),
    expired: await sign({ iat: now - 7200, nbf: now - 7200, exp: now - 60 }),
    "not valid yet": await sign({ nbf: now + 3600 }),
    "another audience": await sign({ aud: "another-service" }),
    "another issuer": await sign({ iss: "https://issuer.example" }),
    "another type": await sign({}, { typ: "JWT" }),
    "no type": await sign({}, { typ: undefined }),
    "alg none": `${part({ ...header, alg: "none" })}.${body}.`,
    "alg none, signed": `${part({ ...header, alg: "none" })}.${body}.${signature}`,
    "HS256 with the public key's PEM": hmac(await exportSPKI(publicKey)),
    "HS256 with the public key's JWK": hmac(JSON.stringify(publicJwk)),
    "an unknown key id": await sign({}, { kid: "local-unknown" }, stranger.privateKey),
    "our key under an unknown id": await sign({}, { kid: "local-unknown" }),
    "another key under our id": await sign({}, {}, stranger.privateKey),
    "a key of its own in the header": await sign({}, { jwk: strangersJwk, kid: undefined }, stranger.privateKey),
    "a key address of its own": await sign({}, { jku: "https://evil.example/jwks.json" }, stranger.privateKey),
    "no expiry": await sign({ exp: undefined }),
    "no beginning": await sign({ nbf: undefined }),
    "no time of issue": await sign({ iat: undefined }),
    "nobody's": await sign({ sub: undefined }),
    "without a role": await sign({ role: undefined }),
    "with an unknown role": await sign({ role: "admin" }),
    "with two roles": await sign({ role: ["operator", "reviewer"] }),
    "without a tenant": await sign({ tenant: undefined }),
    "with an empty tenant": await sign({ tenant: "" }),
    "without a signature": `${head}.${body}.`,
    "half a signature": `${head}.${body}.${signature.slice(0, 43)}`,
    "its claims changed": `${head}.${part({ ...claims, role: "operator", tenant: "*" })}.${signature}`,
    "twice itself": `${good}, Bearer ${good}`,
  };
}
