import { randomUUID } from "node:crypto";
import { link, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { readIfThere } from "./read-if-there.ts";

async function withDraft(file: string, text: string, use: (draft: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const draft = `${file}.${randomUUID()}`;
  try {
    // What .local holds is this user's own: keys, and where the stack runs.
    await writeFile(draft, text, { mode: 0o600 });
    await use(draft);
  } finally {
    await rm(draft, { force: true });
  }
}

/** Replaces the file's text at once: a reader sees all of the old or all of the new. */
export function writeAtomically(file: string, text: string): Promise<void> {
  return withDraft(file, text, (draft) => rename(draft, file));
}

/** The file's text, which is `make()`'s when there was no file; of two processes that make one, both get the winner's. */
export async function readOrWriteOnce(file: string, make: () => Promise<string>): Promise<string> {
  const there = await readIfThere(file);
  if (there !== undefined) return there;
  await withDraft(file, `${await make()}\n`, async (draft) => {
    try {
      await link(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    }
  });
  return readFile(file, "utf8");
}
