import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { join } from "node:path";
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK, SignJWT } from "jose";
import type { User } from "../../lib/domain/authorisation.ts";
import { SetupError } from "./setup-error.ts";
import { readOrWriteOnce } from "./write-atomically.ts";

export const ISSUER = "https://issuer.seasongate.local";
export const AUDIENCE = "seasongate";

const ALGORITHM = "ES256";
const TWELVE_HOURS_S = 12 * 60 * 60;

export type TokenRequest = User & {
  /** Default: twelve hours. */
  readonly expiresInSeconds?: number;
};

export type Issuer = {
  /** A signed access token (RFC 9068), valid from now by the machine's own clock. */
  readonly token: (request: TokenRequest) => Promise<string>;
  readonly jwks: () => { readonly keys: readonly JWK[] };
  /** Serves the keys at `url`, on a free port of 127.0.0.1. */
  readonly listen: () => Promise<{ readonly url: string; readonly stop: () => Promise<void> }>;
};

async function newPrivateKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair(ALGORITHM, { extractable: true });
  const jwk = await exportJWK(privateKey);
  return { ...jwk, kid: `local-${await calculateJwkThumbprint(jwk)}`, alg: ALGORITHM, use: "sig" };
}

async function keptPrivateKey(file: string): Promise<JWK & { readonly kid: string }> {
  const kept = await readOrWriteOnce(file, async () => JSON.stringify(await newPrivateKey()));
  try {
    return JSON.parse(kept);
  } catch {
    throw new SetupError(`${file} does not hold a key: delete it and run the command again.`);
  }
}

async function serve(body: string): Promise<{ url: string; stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const isKeys = request.method === "GET" && request.url === "/jwks.json";
    response.writeHead(isKeys ? 200 : 404, { "content-type": "application/json" }).end(isKeys ? body : "{}");
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const stop = async () => {
    server.close();
    server.closeAllConnections();
    await once(server, "close");
  };
  return { url: `http://127.0.0.1:${port}/jwks.json`, stop };
}

/**
 * The token issuer of the local stack. It stands for the platforms' own sign-on and signs whatever it is asked to.
 * Its key is kept in `<folder>/issuer.json`, so that `npm run token` and `npm start` share it.
 */
export async function openIssuer(folder: string): Promise<Issuer> {
  const jwk = await keptPrivateKey(join(folder, "issuer.json"));
  const key = await importJWK(jwk, ALGORITHM);
  const { d: _, ...publicJwk } = jwk;
  const jwks = () => ({ keys: [publicJwk] });
  return {
    jwks,
    token({ sub, role, tenant, expiresInSeconds = TWELVE_HOURS_S }) {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ role, tenant })
        .setProtectedHeader({ alg: ALGORITHM, typ: "at+jwt", kid: jwk.kid })
        .setIssuer(ISSUER)
        .setAudience(AUDIENCE)
        .setSubject(sub)
        .setIssuedAt(now)
        .setNotBefore(now)
        .setExpirationTime(now + expiresInSeconds)
        .setJti(randomUUID())
        .sign(key);
    },
    listen: () => serve(JSON.stringify(jwks())),
  };
}
