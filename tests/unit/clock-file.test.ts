import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { describeInstant, parseInstant, readOffset, STARTS_AT, setClock } from "../../scripts/local/clock-file.ts";
import { SetupError } from "../../scripts/local/setup-error.ts";

const someFile = async () => join(await mkdtemp(join(tmpdir(), "seasongate-clock-")), "new-folder", "clock-offset");

test("a stack whose clock was never set runs on the machine's time", async () => {
  await expect(readOffset(await someFile())).resolves.toBe(0);
});

test("setting the clock keeps the difference, signed, in whole milliseconds", async () => {
  const file = await someFile();
  const now = Date.parse("2026-11-22T12:00:00Z");
  await setClock(file, now - 1500, now);
  await expect(readFile(file, "utf8")).resolves.toBe("-1500\n");
  await expect(readOffset(file)).resolves.toBe(-1500);
});

test.each(["", "soon", "1e3", "1.5"])("a clock file that holds %j is named in one sentence", async (text) => {
  const file = join(await mkdtemp(join(tmpdir(), "seasongate-clock-")), "clock-offset");
  await writeFile(file, text);
  await expect(readOffset(file)).rejects.toThrow(SetupError);
});

test("a time is shown in Shanghai and in UTC", () => {
  expect(describeInstant(parseInstant(STARTS_AT))).toEqual(["2024-05-13T10:00:00+08:00", "2024-05-13T02:00:00Z"]);
});

test.each(["2024-05-20T20:00:00", "2024-05-20", "20:00", "2024-13-20T20:00:00Z", "tomorrow"])(
  "%j is refused: not a time with an offset",
  (text) => {
    expect(() => parseInstant(text)).toThrow(SetupError);
  },
);
