import { expect, test } from "@jest/globals";
import { compactVerify, importJWK } from "jose";
import { signerUnder } from "../../../lib/deps/statement-signer.ts";

const signer = signerUnder("k1:0123456789abcdef0123456789abcdef");
const other = signerUnder("k1:0123456789abcdef0123456789abcdeg");

test("a statement is checked with the public key alone, which says nothing of the private one", async () => {
  const publicKey = await signer.publicKey();
  expect(Object.keys(publicKey).sort()).toEqual(["alg", "crv", "kid", "kty", "use", "x"]);
  const { payload, protectedHeader } = await compactVerify(await signer.sign('{"a":1}'), await importJWK({ ...publicKey }));
  expect(Buffer.from(payload).toString()).toBe('{"a":1}');
  expect(protectedHeader).toEqual({ alg: "EdDSA", kid: publicKey.kid });
});

test("the same text is signed the same, and another's signature, or another text's, is none", async () => {
  const jws = await signer.sign("text");
  expect(await signer.sign("text")).toBe(jws);
  expect(await signerUnder("another-name:0123456789abcdef0123456789abcdef").sign("text")).toBe(jws);
  await expect(compactVerify(jws, await importJWK({ ...(await other.publicKey()) }))).rejects.toThrow();
  const [header, , signature] = jws.split(".");
  const altered = `${header}.${Buffer.from("Text").toString("base64url")}.${signature}`;
  await expect(compactVerify(altered, await importJWK({ ...(await signer.publicKey()) }))).rejects.toThrow();
});

test("keys of different secrets have different names", async () => {
  expect((await signer.publicKey()).kid).not.toBe((await other.publicKey()).kid);
});
