import type { KeyMark } from "../domain/key-mark.ts";
import type { Reads } from "./reads.ts";
import { servingKeys } from "./serving-keys.ts";

/** The marks, for those who serve. */
export const keyMarkReader = (registry: Pick<Reads, "queryAll">) => ({
  async of(surface: string): Promise<readonly KeyMark[]> {
    return (await registry.queryAll(servingKeys.keyMarks(surface))).map((item) => {
      const { season, brand, subject, version, from } = item as unknown as KeyMark;
      return { surface, season, brand, subject, version, from };
    });
  },
});
