import { describe, expect, test } from "@jest/globals";
import { finished, type Import, type Outcome } from "../../../lib/domain/import.ts";
import { answered, endPart, expectAll, releasePart, takePart } from "../../../lib/domain/import-part.ts";

const begun: Import = {
  ...{ brand: "", marketplace: "tmall", host: "wechat", id: "imp_1", key: "grant", surface: "moments", season: "618-2024" },
  ...{ state: "open", by: "wei", begunAt: 5, rows: 0, digest: "", counts: { added: 0, changed: 0, unchanged: 0, refused: 0 } },
  ...{ dryRun: false, parts: 0, underWay: null, version: 1 },
};
const HELD = { at: 10, until: 40 };
const row = (row: number, outcome: Outcome["outcome"]): Outcome => ({ row, outcome, brand: "lanmo", id: null, fields: [], reasons: [] });
const refusal = (code: string) => expect.objectContaining({ code });

describe("a part", () => {
  const held = takePart(begun, 1, "one", HELD);

  test("is taken in hand until an instant, as what it says", () => {
    expect(held).toEqual({ ...begun, underWay: { content: "one", until: 40 }, version: 2 });
    expect(() => takePart(held, 1, "one", { at: 39, until: 69 })).toThrow(refusal("part-under-way"));
    expect(() => takePart(held, 1, "other", { at: 99, until: 129 })).toThrow(refusal("import-differs"));
    expect(takePart(held, 1, "one", { at: 40, until: 70 })).toMatchObject({ underWay: { until: 70 }, version: 3 });
  });

  test("that somebody let go of is gone on with at once, as what it was", () => {
    const free = releasePart(held);
    expect(free).toMatchObject({ underWay: { content: "one" }, version: 3 });
    expect(takePart(free, 1, "one", HELD).version).toBe(4);
    expect(() => takePart(free, 1, "other", HELD)).toThrow(refusal("import-differs"));
    expect(releasePart(begun)).toEqual({ ...begun, version: 2 });
  });

  test("is the next one, of a list in parts that is not complete", () => {
    for (const part of [2, 3])
      expect(() => takePart(begun, part, "x", HELD)).toThrow(
        expect.objectContaining({ code: "part-out-of-order", reasons: [expect.objectContaining({ detail: "Part 1 is next." })] }),
      );
    expect(() => takePart({ ...begun, parts: null }, 1, "x", HELD)).toThrow(refusal("wrong-state"));
    expect(() => takePart(finished(begun), 1, "x", HELD)).toThrow(refusal("wrong-state"));
  });

  test("once it is in has its rows, their counts, and what became of each but the unchanged", () => {
    const outcomes = [row(1, "added"), row(2, "unchanged"), row(3, "refused")];
    const { after, part } = endPart(held, outcomes, "digest");
    const counts = { added: 1, changed: 0, unchanged: 1, refused: 1 };
    expect(part).toEqual({ part: 1, content: "one", rows: { first: 1, last: 3 }, counts, outcomes: [outcomes[0], outcomes[2]] });
    expect(after).toEqual({ ...begun, rows: 3, digest: "digest", counts, parts: 1, version: 3 });
    expect(answered(part, "one")).toBe(part);
    expect(() => answered(part, "other")).toThrow(refusal("import-differs"));
    expect(endPart(takePart(after, 2, "two", HELD), [row(4, "changed")], "d").part.rows).toEqual({ first: 4, last: 4 });
  });

  test("that nobody took in hand has no end", () => {
    for (const each of [begun, { ...held, parts: null }]) expect(() => endPart(each, [], "")).toThrow("no part is under way");
  });
});

test("a list is complete with all its parts, and none half", () => {
  expect(() => expectAll({ ...begun, parts: 2 }, 2)).not.toThrow();
  expect(() => expectAll({ ...begun, parts: 2 }, 3)).toThrow(
    expect.objectContaining({ code: "import-differs", reasons: [expect.objectContaining({ detail: "Taken in so far: 2." })] }),
  );
  expect(() => expectAll(takePart(begun, 1, "one", HELD), 0)).toThrow(refusal("part-under-way"));
  expect(() => expectAll({ ...begun, parts: null }, 0)).toThrow(refusal("wrong-state"));
});
