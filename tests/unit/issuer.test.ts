import { mkdtemp, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { createLocalJWKSet, createRemoteJWKSet, jwtVerify } from "jose";
import { AUDIENCE, ISSUER, openIssuer } from "../../scripts/local/issuer.ts";

const REVIEWER = { sub: "usr_a", role: "reviewer", tenant: "wechat" } as const;
const EXPECTED = { issuer: ISSUER, audience: AUDIENCE, typ: "at+jwt", algorithms: ["ES256"] };
const newFolder = () => mkdtemp(join(tmpdir(), "seasongate-issuer-"));

test("a token verifies with the published keys and says who, for twelve hours", async () => {
  const issuer = await openIssuer(await newFolder());
  const { payload, protectedHeader } = await jwtVerify(await issuer.token(REVIEWER), createLocalJWKSet(issuer.jwks() as never), EXPECTED);
  expect(protectedHeader.kid).toMatch(/^local-/);
  expect(payload).toMatchObject({ ...REVIEWER, nbf: payload.iat, jti: expect.any(String) });
  expect(Number(payload.exp) - Number(payload.iat)).toBe(12 * 3600);
});

test("two processes that open the same folder for the first time share one key, which only its owner can read", async () => {
  const folder = await newFolder();
  const [one, other] = await Promise.all([openIssuer(folder), openIssuer(folder)]);
  await expect(jwtVerify(await one.token(REVIEWER), createLocalJWKSet(other.jwks() as never), EXPECTED)).resolves.toBeDefined();
  expect((await stat(join(folder, "issuer.json"))).mode & 0o777).toBe(0o600);
});

test("the private key is not published", async () => {
  const issuer = await openIssuer(await newFolder());
  expect(issuer.jwks().keys[0]).not.toHaveProperty("d");
});

test("the keys are served over HTTP, on 127.0.0.1 alone", async () => {
  const issuer = await openIssuer(await newFolder());
  const { url, stop } = await issuer.listen();
  try {
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/jwks\.json$/);
    await expect(
      jwtVerify(await issuer.token({ ...REVIEWER, expiresInSeconds: 60 }), createRemoteJWKSet(new URL(url)), EXPECTED),
    ).resolves.toBeDefined();
    expect((await fetch(new URL("/issuer.json", url))).status).toBe(404);
  } finally {
    await stop();
  }
});
