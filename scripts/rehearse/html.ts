/** HTML that may stand as it is. */
export interface Html {
  readonly html: string;
}

type Piece = Html | string | number | readonly (Html | string | number)[];

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

const escaped = (text: string) => text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? "");

const written = (piece: Piece): string => {
  if (typeof piece === "object") return "html" in piece ? piece.html : piece.map(written).join("");
  return escaped(String(piece));
};

/** Whatever is put in is text, unless it was made by this tag itself. */
export const html = (parts: TemplateStringsArray, ...pieces: readonly Piece[]): Html => ({
  html: parts.reduce((text, part, index) => `${text}${written(pieces[index - 1] ?? "")}${part}`),
});

/** Markup that somebody else has made and escaped, such as a drawing. */
export const raw = (markup: string): Html => ({ html: markup });
