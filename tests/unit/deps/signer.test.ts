import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { ConfigError } from "../../../lib/config.ts";
import { eventSigner, publicUrl } from "../../../lib/deps/signer.ts";
import { openToken, type Signer, type TokenKind } from "../../../lib/domain/event-token.ts";
import { anyText } from "../domain/any-text.ts";
import { OPENING, placed, refusalOf, tokensOf } from "../domain/fixtures.ts";

const SECRET = "0123456789abcdef0123456789abcdef";
const before = { ...process.env };

/** The real signer, as a function has it that was started with this key. */
function signerOf(eventKey: string): Signer {
  process.env["EVENT_KEY"] = eventKey;
  return eventSigner();
}

beforeAll(() => {
  Object.assign(process.env, { STAGE: "local", PUBLIC_URL: "https://events.example/" });
});
afterAll(() => {
  process.env = before;
});

describe.each<TokenKind>(["impression", "click"])("an %s's token under the event key", (kind) => {
  const signer = () => signerOf(`k1:${SECRET}`);
  const token = () => tokensOf(signer(), placed(), OPENING + 1)[kind];
  const open = (given: string, by = signer()) => openToken(by, kind, given, OPENING);

  test("opens to what was placed", () => {
    expect(open(token())).toEqual(placed());
  });

  test("is the same text every time, so that no reader learns from comparing", () => {
    expect(token()).toBe(token());
  });

  test("is refused with any one bit of it flipped", () => {
    const whole = token();
    const by = signer();
    const flips = [...whole].flatMap((_, at) => Array.from({ length: 8 }, (_bit, bit) => [at, bit] as const));
    const opened = flips.filter(([at, bit]) => {
      const flipped = whole.slice(0, at) + String.fromCharCode(whole.charCodeAt(at) ^ (1 << bit)) + whole.slice(at + 1);
      return refusalOf(() => open(flipped, by)).code !== "token-invalid";
    });
    expect(opened).toEqual([]);
  });

  test("does not open the other kind, with the parts of the signature swapped or under the other's name", () => {
    const { impression, click } = tokensOf(signer(), placed(), OPENING + 1);
    const split = (text: string) => [text.slice(0, text.lastIndexOf(".") + 1), text.slice(text.lastIndexOf(".") + 1)] as const;
    const [[impressionHead, impressionPart], [clickHead, clickPart]] = [split(impression), split(click)];
    expect([impressionPart.length, clickPart.length]).toEqual([20, 23]);
    const own = kind === "click" ? click : impression;
    for (const head of [impressionHead, clickHead])
      for (const part of [impressionPart, clickPart, impressionPart + clickPart, clickPart + impressionPart, clickPart.slice(0, 20), ""])
        if (head + part !== own) expect(refusalOf(() => open(head + part)).code).toBe("token-invalid");
    expect(open(own)).toEqual(placed());
  });

  test("is refused when any one character of it is replaced, left out or doubled", () => {
    const whole = token();
    const by = signer();
    const places = fc.nat(whole.length - 1);
    fc.assert(
      fc.property(places, anyText({ minLength: 1, maxLength: 1 }), (at, put) => {
        fc.pre(put !== whole[at]);
        for (const changed of [put, "", `${whole[at]}${whole[at]}`])
          expect(refusalOf(() => open(whole.slice(0, at) + changed + whole.slice(at + 1), by)).code).toBe("token-invalid");
      }),
    );
  });

  test.each([
    ["another secret", `k1:${SECRET}x`],
    ["the same secret under another key id", `k2:${SECRET}`],
  ])("is refused by %s", (_name, key) => {
    const whole = token();
    expect(refusalOf(() => open(whole, signerOf(key))).code).toBe("token-invalid");
  });

  test("is refused when it names another key than the one it was signed with", () => {
    const renamed = token().replace(".k1.", ".k2.");
    expect(refusalOf(() => open(renamed)).code).toBe("token-invalid");
    expect(refusalOf(() => open(renamed, signerOf(`k2:${SECRET}`))).code).toBe("token-invalid");
  });
});

describe("a signature", () => {
  const signer = () => signerOf(`k1:${SECRET}`);
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  test("is 32 bytes in base64url and depends on the text alone", () => {
    expect(signer().sign("a")).toMatch(/^[\w-]{43}$/);
    expect(signer().sign("a")).toBe(signer().sign("a"));
    expect(signer().sign("a")).not.toBe(signer().sign("b"));
  });

  test("is HMAC-SHA256 under all that follows the first colon", () => {
    // printf '%s' v1.clk.k1.payload | openssl dgst -sha256 -hmac 'what do ya want for nothing?::::' -binary | base64
    const by = signerOf("k1:what do ya want for nothing?::::");
    expect(by.sign("v1.clk.k1.payload")).toBe("Abc2IKuP6JPTPGe_vXOkNq5BdOkf2o4dyHatlxFHk28");
  });

  test("has one spelling: others of the same bytes are refused", () => {
    const by = signer();
    const right = by.sign("text");
    const last = ALPHABET.indexOf(right.at(-1) ?? "");
    const sameBytes = [...ALPHABET].filter((_, index) => index >> 2 === last >> 2 && index !== last).map((end) => right.slice(0, -1) + end);
    const inBase64 = right.replaceAll("-", "+").replaceAll("_", "/");
    const spellings = [
      ...sameBytes,
      `${right}=`,
      `${right}==`,
      ` ${right}`,
      `${right}\n`,
      `${right.slice(0, 9)} ${right.slice(9)}`,
      ...(inBase64 === right ? [] : [inBase64]),
    ];
    expect(sameBytes).toHaveLength(3);
    for (const spelling of spellings) {
      expect(Buffer.from(spelling, "base64url")).toEqual(Buffer.from(right, "base64url"));
      expect(by.verify("k1", "text", spelling)).toBe(false);
    }
    expect(by.verify("k1", "text", right)).toBe(true);
  });

  test.each(["", "A", "!", "é".repeat(43), "A".repeat(43), "A".repeat(44), "A".repeat(10_000)])(
    "of another length or none is refused, without an error: %#",
    (given) => {
      expect(signer().verify("k1", "text", given)).toBe(false);
    },
  );

  test("is checked by a part of it where a part is asked for, and by that part alone", () => {
    const by = signer();
    const right = by.sign("text");
    for (const part of [
      [0, 20],
      [20, 43],
    ] as const) {
      const others = [right, right.slice(part[0], part[1] - 1), right.slice(0, part[1] - part[0] - 1), ""];
      expect(by.verify("k1", "text", right.slice(...part), part)).toBe(true);
      expect(by.verify("k1", "text", right.slice(...part))).toBe(false);
      for (const other of others) expect(by.verify("k1", "text", other, part)).toBe(false);
      expect(by.verify("k1", "text2", right.slice(...part), part)).toBe(false);
    }
  });

  test("under another key id is refused", () => {
    const by = signer();
    for (const id of ["", "k", "k2", "K1", "__proto__"]) expect(by.verify(id, "text", by.sign("text"))).toBe(false);
  });
});

test.each(["", "k1", "k1:", `k1:${SECRET.slice(1)}`, `:${SECRET}`, `K1:${SECRET}`, `k.1:${SECRET}`])(
  "there is no signer under the key %j",
  (key) => {
    expect(() => signerOf(key)).toThrow(ConfigError);
  },
);

test("what addresses begin with has no slash at its end", () => {
  signerOf(`k1:${SECRET}`);
  expect(publicUrl()).toBe("https://events.example");
});
