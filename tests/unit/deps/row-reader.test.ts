import { describe, expect, test } from "@jest/globals";
import { CSV_COLUMNS } from "../../../lib/contracts/imports.ts";
import { readList, readRows } from "../../../lib/deps/row-reader.ts";
import type { ReadRow } from "../../../lib/domain/import.ts";

const HEADER = `${CSV_COLUMNS.join(",")}\n`;
const BRAND = "brd_00000000000000000000000001";
const LINE = `${BRAND},"霁鹭,妆匣","Jilu ""J""",99,flagship,tmall,wave-1|wave-2,310,2024-07-01T00:00:00+08:00,500`;
const SAID = {
  brand: BRAND,
  names: { zh: "霁鹭,妆匣", en: 'Jilu "J"' },
  store: { id: "99", type: "flagship" },
  marketplace: "tmall",
  phases: ["wave-1", "wave-2"],
  templates: ["310"],
  attestedUntil: Date.parse("2024-07-01T00:00:00+08:00"),
  dailyShare: 500,
};
const OBJECT = JSON.stringify({ ...SAID, attestedUntil: "2024-07-01T00:00:00+08:00" });

async function rows(content: string | Uint8Array, format: "csv" | "json", size: number): Promise<ReadRow[]> {
  const bytes = Buffer.from(content as string);
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const found: ReadRow[] = [];
  for await (const group of readRows(pieces(), format)) found.push(...group);
  return found;
}
const said = async (content: string | Uint8Array, format: "csv" | "json", size = 7) =>
  (await rows(content, format, size)).map((each) => ("faults" in each.said ? each.said.faults.map(({ code }) => code) : each.said));

describe.each([1, 7, 100_000])("in pieces of %i bytes", (size) => {
  test("CSV is read with quotes, either line end, a byte order mark and empty lines", async () => {
    expect(await said(`\uFEFF${HEADER}${LINE}\r\n\n${LINE}`, "csv", size)).toEqual([SAID, SAID]);
  });

  test("JSON is read as an array and as lines", async () => {
    for (const list of [`[${OBJECT},\n ${OBJECT}]`, `${OBJECT}\n${OBJECT}\n`, `${OBJECT}${OBJECT}`])
      expect(await said(list, "json", size)).toEqual([SAID, SAID]);
  });

  test("a row that cannot be read is a row with its fault, and those after it are read", async () => {
    expect(await said(`${HEADER}a,b\n${LINE}`, "csv", size)).toEqual([["row-unreadable"], SAID]);
    expect(await said(`${HEADER}${LINE.replace("Jilu", 'Ji"lu')}\n${LINE}`.replace('"Ji"lu', 'Ji"lu'), "csv", size)).toHaveLength(2);
    expect(await said(`${OBJECT}\nnonsense { }\n{"a":}\n${OBJECT}`, "json", size)).toEqual([
      SAID,
      ["row-unreadable"],
      ["row-unreadable"],
      SAID,
    ]);
    const broken = Buffer.concat([
      Buffer.from(`${HEADER}`),
      Buffer.from(LINE.replace("Jilu", "J\xff"), "latin1"),
      Buffer.from(`\n${LINE}`),
    ]);
    expect(await said(broken, "csv", size)).toEqual([["row-unreadable"], SAID]);
  });
});

test("a file without the columns, or with a row that never ends, is no list", async () => {
  for (const [content, format] of [
    ["", "csv"],
    ["a,b\n1,2\n", "csv"],
    [`brand,${HEADER}`, "csv"],
    [`${HEADER}"${"a".repeat(20_000)}`, "csv"],
    [`{"a":"${"a".repeat(20_000)}`, "json"],
    ['{"a":{', "json"],
  ] as const)
    await expect(said(content, format, 1000)).rejects.toThrow(expect.objectContaining({ code: "not-a-list" }));
});

test("what is no list is told what is wrong with it", async () => {
  const wanted = async (content: string, format: "csv" | "json", detail: RegExp) =>
    expect(said(content, format, 1000)).rejects.toMatchObject({ reasons: [{ code: "not-a-list", detail: expect.stringMatching(detail) }] });
  await wanted("a,b\n1,2\n", "csv", /^The first line has to name the columns brand,/);
  await wanted(`${HEADER}"${"a".repeat(20_000)}`, "csv", /maximum/);
  await wanted('{"a":{', "json", /^The last object has no end\.$/);
});

test("a list that is there as a whole is read at once, and has a row", async () => {
  const bytes = Buffer.from(`${HEADER}${LINE}\n${LINE}`);
  expect((await readList({ type: "text/csv", bytes })).map(({ row, said }) => [row, said])).toEqual([
    [1, SAID],
    [2, SAID],
  ]);
  expect(await readList({ type: "application/x-ndjson", bytes: Buffer.from(OBJECT) })).toHaveLength(1);
  for (const [type, text] of [
    ["text/csv", HEADER],
    ["application/json", "[]"],
  ] as const)
    await expect(readList({ type, bytes: Buffer.from(text) })).rejects.toMatchObject({
      code: "not-a-list",
      reasons: [{ detail: "There is no row in it." }],
    });
});

test("a row's text is the same however the file is cut, so that its digest is", async () => {
  const content = `${HEADER}${LINE}\r\n${LINE}\n`;
  expect(await rows(content, "csv", 1)).toEqual(await rows(content, "csv", 999));
});
