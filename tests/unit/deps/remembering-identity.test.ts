import { describe, expect, test } from "@jest/globals";
import { Unavailable } from "../../../lib/app/ports/unavailable.ts";
import { rememberingIdentity } from "../../../lib/deps/remembering-identity.ts";
import type { User } from "../../../lib/domain/authorisation.ts";

const START = 1_700_000_000_000;
const FEED: User = { sub: "feed", role: "feed", tenant: "wechat" };
const HOUR_S = 3_600;

/** A token that ends so many seconds after the start. Its name tells one from another. */
const tokenOf = (name: string, endsIn = HOUR_S) =>
  `${name}.${Buffer.from(JSON.stringify({ exp: START / 1000 + endsIn })).toString("base64url")}.signature`;
const headerOf = (token: string) => `Bearer ${token}`;

/** An identity that counts whom it was asked about, and believes all tokens but those that begin with "no". */
function remembering() {
  const asked: string[] = [];
  const clock = { now: START };
  const identify = async (token: string) => {
    asked.push(token);
    if (token.startsWith("down")) throw new Unavailable();
    return token.startsWith("no") ? undefined : { ...FEED, sub: token.split(".")[0] ?? "" };
  };
  return { asked, clock, ask: rememberingIdentity(identify, () => clock.now) };
}

describe("a token that was believed", () => {
  test("is taken at its word for a minute, at once, and then is verified again", async () => {
    const { asked, clock, ask } = remembering();
    const header = headerOf(tokenOf("one"));
    const first = await ask(header);
    expect(first).toEqual({ ...FEED, sub: "one" });
    clock.now = START + 59_999;
    expect(ask(header)).toBe(first);
    expect(asked).toHaveLength(1);
    clock.now = START + 60_000;
    expect(ask(header)).toBeInstanceOf(Promise);
    expect(await ask(header)).toEqual(first);
    expect(asked.length).toBeGreaterThan(1);
  });

  test("is never taken at its word beyond its own end", async () => {
    const { asked, clock, ask } = remembering();
    const header = headerOf(tokenOf("one", 10));
    await ask(header);
    clock.now = START + 9_999;
    expect(ask(header)).toEqual({ ...FEED, sub: "one" });
    clock.now = START + 10_000;
    expect(ask(header)).toBeInstanceOf(Promise);
    expect(asked).toHaveLength(2);
  });

  test("is not another's, however alike", async () => {
    const { ask } = remembering();
    const [one, other] = [tokenOf("one"), tokenOf("two")];
    await ask(headerOf(one));
    await ask(headerOf(other));
    expect(ask(headerOf(one))).toEqual({ ...FEED, sub: "one" });
    expect(ask(headerOf(other))).toEqual({ ...FEED, sub: "two" });
    for (const like of [`${one}x`, one.slice(0, -1), `x${one}`]) {
      const answer = ask(headerOf(like));
      expect(answer).toBeInstanceOf(Promise);
      await answer;
    }
  });
});

describe("what was not believed is never remembered:", () => {
  test("a refused token is asked about every time", async () => {
    const { asked, ask } = remembering();
    for (let times = 0; times < 3; times++) expect(await ask(headerOf(tokenOf("no")))).toBeUndefined();
    expect(asked).toHaveLength(3);
  });

  test("a token that could not be verified is asked about again, and remembered when it could", async () => {
    const { asked, ask } = remembering();
    for (let times = 0; times < 2; times++) await expect(ask(headerOf(tokenOf("down")))).rejects.toBeInstanceOf(Unavailable);
    expect(asked).toHaveLength(2);
  });

  test.each(["", "Bearer", "Bearer ", "Basic abc", "bearer", "Bearer a b", "Bearer ä", `Bearer ${"x".repeat(4_097)}`])(
    "a header that bears no token (%#) is nobody's, and nobody is asked",
    async (header) => {
      const { asked, ask } = remembering();
      expect(await ask(header)).toBeUndefined();
      expect(asked).toEqual([]);
    },
  );
});

test("no more than some hundreds are remembered, however many come, and all are still known", async () => {
  const { asked, ask } = remembering();
  const headers = Array.from({ length: 1_200 }, (_, index) => headerOf(tokenOf(`t${index}`)));
  for (const header of headers) await ask(header);
  expect(asked).toHaveLength(1_200);
  const remembered = headers.filter((header) => !(ask(header) instanceof Promise));
  expect(remembered.length).toBeGreaterThan(0);
  expect(remembered.length).toBeLessThanOrEqual(500);
});

test("tokens that are refused do not drive out those that are believed", async () => {
  const { ask } = remembering();
  const headers = Array.from({ length: 500 }, (_, index) => headerOf(tokenOf(`t${index}`)));
  for (const header of headers) await ask(header);
  for (let index = 0; index < 600; index++) await ask(headerOf(tokenOf(`no${index}`)));
  expect(headers.filter((header) => ask(header) instanceof Promise)).toEqual([]);
});
