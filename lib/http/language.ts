/** What pages are written in, the first where nobody says. */
const LANGUAGES = ["zh", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

/** The language of ours that a reader likes best, by an Accept-Language header (RFC 9110 §12.5.4). */
export function languageOf(header: string): Language {
  const wishes = header
    .slice(0, 500)
    .split(",")
    .map((wish) => {
      const [tag = "", ...parameters] = wish.split(";").map((part) => part.trim().toLowerCase());
      const quality = parameters.find((each) => each.startsWith("q="))?.slice(2) ?? "1";
      return { language: LANGUAGES.find((each) => tag === each || tag.startsWith(`${each}-`)), quality: Number(quality) || 0 };
    })
    .sort((one, other) => other.quality - one.quality);
  return wishes.find(({ language, quality }) => language !== undefined && quality > 0)?.language ?? LANGUAGES[0];
}
