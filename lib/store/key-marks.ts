import type { KeyMarkStore } from "../app/ports/key-marks.ts";
import type { Attestation } from "../domain/attestation.ts";
import type { Grant } from "../domain/grant.ts";
import { type KeyMark, marksOf } from "../domain/key-mark.ts";
import type { Put } from "./commit.ts";
import { keys } from "./keys.ts";
import type { Reads } from "./reads.ts";
import type { Table } from "./table.ts";

/** At one publication, so that it comes to an end also after an import of many; and of these at a time. */
const REMOVED = { most: 500, atOnce: 25 } as const;

/** Marks on keys, in one partition of the Registry for each surface. */
export function keyMarkStore(registry: Table): KeyMarkStore {
  return {
    ...keyMarkReader(registry),

    async remove(marks) {
      const first = marks.slice(0, REMOVED.most);
      for (let at = 0; at < first.length; at += REMOVED.atOnce)
        await Promise.all(first.slice(at, at + REMOVED.atOnce).map((mark) => registry.delete(keys.keyMark(mark))));
    },
  };
}

/** The marks, for those who serve. */
export const keyMarkReader = (registry: Pick<Reads, "queryAll">) => ({
  async of(surface: string): Promise<readonly KeyMark[]> {
    return (await registry.queryAll(keys.keyMarks(surface))).map((item) => {
      const { season, brand, subject, version, from } = item as unknown as KeyMark;
      return { surface, season, brand, subject, version, from };
    });
  },
});

/** What a key's change writes beside the key, in the same transaction, so that what it takes away is served by nobody in five seconds. */
export const markPuts = (after: Attestation | Grant, before?: Attestation | Grant): Put[] =>
  marksOf(after, before).map((mark) => {
    const { surface: _, ...attributes } = mark;
    return { key: keys.keyMark(mark), attributes, over: "any", otherwise: "changed-meanwhile" };
  });
