import { afterAll, beforeEach, expect, jest, test } from "@jest/globals";
import { signerUnder } from "../../lib/deps/statement-signer.ts";
import { statementStore } from "../../lib/store/statements.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy();
const { proxy, delivery } = store;
const statements = statementStore(delivery);
const [signer, later] = [signerUnder(`k1:${"a".repeat(32)}`), signerUnder(`k2:${"b".repeat(32)}`)];
const [publicKey, laterKey] = [await signer.publicKey(), await later.publicKey()];
let made = 0;
let key = { season: "618", surface: "moments", day: "2024-05-20" };
beforeEach(() => {
  proxy.clear();
  key = { ...key, season: `season-${++made}` };
});
afterAll(() => store.close());

test("the first that is given is kept, to the byte, whoever comes after", async () => {
  const jws = await signer.sign('{"total":1}');
  expect(await statements.get(key)).toBeUndefined();
  expect(await statements.keep(key, jws, publicKey)).toBe(jws);
  expect(await statements.keep(key, await signer.sign('{"total":2}'), publicKey)).toBe(jws);
  expect(await statements.get(key)).toBe(jws);
  expect(await statements.get({ ...key, day: "2024-05-21" })).toBeUndefined();
});

test("of several who give it at once all are given one", async () => {
  const all = await Promise.all([1, 2, 3, 4, 5].map(async (n) => statements.keep(key, await signer.sign(`{"n":${n}}`), publicKey)));
  expect(new Set(all).size).toBe(1);
  expect(await statements.get(key)).toBe(all[0]);
});

test.each(["loseResponse", "duplicate", "garbage"] as const)("a write that meets %s is kept, and given as it is kept", async (act) => {
  const jws = await signer.sign("{}");
  proxy.rules([{ op: "PutItem", act, times: 1 }]);
  expect(await statements.keep(key, jws, publicKey)).toBe(jws);
});

test("a key that signed is there for good, also when another signs", async () => {
  await statements.keep(key, await signer.sign("{}"), publicKey);
  await statements.keep({ ...key, day: "2024-05-21" }, await later.sign("{}"), laterKey);
  expect(await statements.publicKeys()).toEqual(expect.arrayContaining([publicKey, laterKey]));
});
