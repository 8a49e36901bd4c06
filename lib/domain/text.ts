import { eastAsianWidth } from "get-east-asian-width";
import unhomoglyph from "unhomoglyph";

/** Length in wide characters: one Chinese character counts 1, one Latin letter one half (facts.md §4). */
export const wideLength = (text: string): number =>
  Array.from(text).reduce((sum, character) => sum + eastAsianWidth(character.codePointAt(0) ?? 0), 0) / 2;

/** Control, format (zero-width, bidirectional), private-use, lone-surrogate, separator and other characters that show nothing: none belongs in a name or a card. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/u;
/** What holds an emoji sequence together (UTS 51): ZWJ between pictures, the picture selector behind one, or in a keycap. */
const EMOJI_JOINER =
  /(?<=\p{Extended_Pictographic}(?:\uFE0F|\p{Emoji_Modifier})?)\u200D(?=\p{Extended_Pictographic})|(?<=\p{Extended_Pictographic})\uFE0F|(?<=[0-9#*])\uFE0F(?=\u20E3)/gu;

/** Whether every character can be seen and none changes how its neighbours are read (reliability.md T12). */
export const isPlain = (text: string): boolean => text.isWellFormed() && !UNSEEN.test(text.replace(EMOJI_JOINER, ""));

/** The one spelling in which a text is kept: NFC, trimmed, inner white space collapsed. NFKC would turn Chinese punctuation into Latin. */
export const tidy = (text: string): string => text.normalize("NFC").trim().replace(/\s+/gu, " ");

/** The spelling in which texts are compared with rules: full-width letters and digits are the plain ones (NFKC). */
export const comparable = (text: string): string => text.normalize("NFKC");

/**
 * What a name looks like, for comparing only: two names with one skeleton read the same to a person (UTS 39 §4). Case and
 * white space are dropped as well, since people do not tell brands apart by them; capital I looks like l, so i and l are one.
 */
export const skeleton = (name: string): string => alike(comparable(alike(name.replace(/\s+/gu, ""))).toLowerCase()).replaceAll("i", "l");

const alike = (text: string): string => Array.from(text.normalize("NFD"), likeness).join("").normalize("NFD");

/** What a character looks like: itself in Latin, or its capital where only that does (Cyrillic т, as T). */
function likeness(character: string): string {
  const [lower, upper] = [unhomoglyph(character), unhomoglyph(character.toUpperCase())];
  return !/^\p{ASCII}+$/u.test(lower) && /^\p{ASCII}+$/u.test(upper) ? upper : lower;
}
