import { createPrivateKey, createPublicKey } from "node:crypto";
import { CompactSign, calculateJwkThumbprint, exportJWK } from "jose";
import type { PublicKey, StatementSigner } from "../app/ports/statements.ts";
import { configure, settings } from "../config.ts";
import { derivedKey } from "./derived-key.ts";

/** What stands before the 32 bytes of an Ed25519 key in PKCS #8 (RFC 8410 §7). */
const PKCS8_ED25519 = Buffer.from("302e020100300506032b657004220420", "hex");

/** Signs statements under the statement key. */
export const statementSigner = (): StatementSigner => signerUnder(configure(settings.statements).STATEMENT_KEY);

/**
 * Signs by Ed25519 (RFC 8037), whose signature of a text is always the same. Any 32 bytes are such a key, so it is made from a secret
 * like every other and nobody has to type one; it is named by its thumbprint (RFC 7638), so that a name is never of two keys.
 */
export function signerUnder(setting: string): StatementSigner {
  const seed = derivedKey(setting, "seasongate statements");
  const privateKey = createPrivateKey({ key: Buffer.concat([PKCS8_ED25519, seed]), format: "der", type: "pkcs8" });
  const publicKey = async (): Promise<PublicKey> => {
    const jwk = await exportJWK(createPublicKey(privateKey));
    return { kty: "OKP", crv: "Ed25519", x: jwk.x ?? "", kid: await calculateJwkThumbprint(jwk), alg: "EdDSA", use: "sig" };
  };
  return {
    publicKey,
    async sign(text) {
      const { kid } = await publicKey();
      return new CompactSign(Buffer.from(text)).setProtectedHeader({ alg: "EdDSA", kid }).sign(privateKey);
    },
  };
}
