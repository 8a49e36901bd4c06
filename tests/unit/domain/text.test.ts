import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { comparable, isPlain, tidy, wideLength } from "../../../lib/domain/text.ts";
import { anyText } from "./any-text.ts";

describe("the wide length of", () => {
  test.each([
    ["nothing", "", 0],
    ["two Chinese characters", "中文", 2],
    ["one Latin letter", "a", 0.5],
    ["a mix", "天猫618", 3.5],
    ["full-width letters and digits", "ＡＢ１", 3],
    ["Chinese punctuation", "，。！", 3],
    ["a space", " ", 0.5],
    ["a full-width space", "\u3000", 1],
    ["a character outside the first plane", "𠮷", 1],
    ["an emoji", "😀", 1],
    ["a family held together by joiners, each code point by itself", "👨‍👩‍👧", 4],
    ["a letter and its combining mark, each by itself", "e\u0301", 1],
    ["the same letter in one character", "é", 0.5],
    ["half-width katakana", "ｱ", 0.5],
  ])("%s", (_name, text, length) => {
    expect(wideLength(text)).toBe(length);
  });

  test("a text is the sum of its parts, and between half and all of its characters", () => {
    const text = anyText();
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(wideLength(one + other)).toBe(wideLength(one) + wideLength(other));
        const characters = Array.from(one).length;
        expect(wideLength(one)).toBeGreaterThanOrEqual(characters / 2);
        expect(wideLength(one)).toBeLessThanOrEqual(characters);
      }),
    );
  });
});

describe("plain text", () => {
  test.each([
    ["Chinese and Latin", "霁鹭妆匣 Jilu（618）！"],
    ["accents", "Café"],
    ["an accent as a combining mark", "Cafe\u0301"],
    ["an emoji", "😀"],
    ["an emoji with its variation selector", "❤️"],
    ["an emoji ZWJ sequence", "👩‍🚀"],
    ["a long emoji ZWJ sequence", "👨‍👩‍👧‍👦"],
    ["a ZWJ sequence with variation selectors", "🏳️‍🌈 ❤️‍🔥 👁️‍🗨️"],
    ["a ZWJ sequence with a skin tone", "👩🏽‍🚀"],
    ["a ZWJ sequence of two skin tones", "🧑🏻‍❤️‍🧑🏿"],
    ["a keycap", "1️⃣"],
    ["a flag", "🇨🇳"],
    ["a rare ideograph", "𠮷野家"],
    ["nothing", ""],
  ])("may hold %s", (_name, text) => {
    expect(isPlain(text)).toBe(true);
  });

  test.each([
    ["a zero-width space", "天\u200B猫"],
    ["a zero-width non-joiner", "天\u200C猫"],
    ["a joiner between letters", "t\u200Dmall"],
    ["a joiner after an emoji, before a letter", "😀\u200Da"],
    ["a joiner at the start", "\u200D😀"],
    ["a joiner at the end", "😀\u200D"],
    ["two joiners", "👩\u200D\u200D🚀"],
    ["a word joiner", "天\u2060猫"],
    ["a byte order mark", "\uFEFF天猫"],
    ["a soft hyphen", "t\u00ADmall"],
    ["a right-to-left override", "\u202Ellamt"],
    ["a left-to-right isolate", "\u2066tmall\u2069"],
    ["a right-to-left mark", "tmall\u200F"],
    ["an Arabic letter mark", "tmall\u061C"],
    ["a NUL", "t\0mall"],
    ["a new line", "t\nmall"],
    ["a tab", "t\tmall"],
    ["a C1 control", "t\u0085mall"],
    ["a line separator", "t\u2028mall"],
    ["a paragraph separator", "t\u2029mall"],
    ["a private-use character", "\uE000"],
    ["a private-use character of a far plane", "\u{100000}"],
    ["a lone high surrogate", "t\uD800mall"],
    ["a lone low surrogate", "t\uDC00mall"],
    ["surrogates in the wrong order", "\uDC00\uD800"],
    ["tag characters", "🏴\u{E0067}\u{E007F}"],
    ["a Hangul filler, which is a letter and cannot be seen", "天\u3164猫"],
    ["a half-width Hangul filler", "天\uFFA0猫"],
    ["a Hangul initial filler", "天\u115F猫"],
    ["a braille blank, which is a symbol and cannot be seen", "天\u2800猫"],
    ["a combining grapheme joiner", "t\u034Fmall"],
    ["a Mongolian variation selector", "t\u180Bmall"],
    ["a variation selector after a letter", "t\uFE0Fmall"],
    ["a supplementary variation selector", "t\u{E0100}mall"],
  ])("does not hold %s", (_name, text) => {
    expect(isPlain(text)).toBe(false);
  });
});

describe("tidying", () => {
  test.each([
    ["composes", "Cafe\u0301", "Café"],
    ["trims", "  天猫\u3000", "天猫"],
    ["collapses white space of every kind", "天\u00A0\u3000 猫  618", "天 猫 618"],
    ["leaves Chinese punctuation and full-width letters alone", "（Ａ）：！", "（Ａ）：！"],
    ["leaves nothing of white space alone", " \u3000 ", ""],
  ])("%s", (_name, text, expected) => {
    expect(tidy(text)).toBe(expected);
  });

  test("twice is as good as once, and leaves plain text plain", () => {
    fc.assert(
      fc.property(anyText(), (text) => {
        expect(tidy(tidy(text))).toBe(tidy(text));
        if (isPlain(text)) expect(isPlain(tidy(text))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });
});

test.each([
  ["ＷｅｉＸｉｎ", "WeiXin"],
  ["１３８", "138"],
  ["①", "1"],
  ["：（", ":("],
  ["中文", "中文"],
])("%s is compared as %s", (text, expected) => {
  expect(comparable(text)).toBe(expected);
});
