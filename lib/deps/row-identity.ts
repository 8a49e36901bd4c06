import { createHash } from "node:crypto";
import type { RowIdentity } from "../app/ports/imports.ts";

/** Crockford's alphabet, in which ULIDs are written. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
/** Of a ULID: the characters of its time, and all of them. */
const TIME = 10;
const LENGTH = 26;

/** 5 bits a character; the first is at most 7, as in any ULID. */
function letters(of: string, length: number): string {
  const bytes = createHash("sha256").update(of).digest();
  return Array.from({ length }, (_, place) => ALPHABET[(bytes[place] ?? 0) & (place === 0 ? 7 : 31)]).join("");
}

/** Ids of imported rows: digests in the form of our other ids. An event's begins with its import's time, so that it sorts by it. */
export const rowIdentity: RowIdentity = {
  idsOf({ id, surface, season }, row, brand) {
    const entry = `${surface} ${season} ${brand}`;
    const time = id.slice(id.indexOf("_") + 1).slice(0, TIME);
    return {
      entry: `ent_${letters(`entry ${entry}`, LENGTH)}`,
      grant: `grt_${letters(`grant ${entry}`, LENGTH)}`,
      event: `evt_${time}${letters(`row ${id} ${row}`, LENGTH - TIME)}`,
    };
  },

  chain(digest, rows) {
    const hash = createHash("sha256").update(digest);
    for (const { text } of rows) hash.update(`\n${text.length} `).update(text);
    return hash.digest("hex");
  },

  contentOf: ({ type, bytes }) => createHash("sha256").update(`${type}\n`).update(bytes).digest("hex"),
};
