import type { KeyMark } from "../../domain/key-mark.ts";

/** The marks of keys that were taken away and not yet published so. They are written by whoever takes a key away. @throws Unavailable. */
export interface KeyMarkStore {
  /** Of a surface; mostly none. Consistent. */
  of(surface: string): Promise<readonly KeyMark[]>;
  /** Some of them, the first, where they are very many. */
  remove(marks: readonly KeyMark[]): Promise<void>;
}
