import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { expect, test } from "@jest/globals";
import { redrawn } from "../../scripts/draw.ts";

test("ARCHITECTURE.md draws the state machines as the tables have them (npm run draw)", async () => {
  const text = await readFile(resolve(import.meta.dirname, "../../ARCHITECTURE.md"), "utf8");
  expect(redrawn(text)).toBe(text);
});
