import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import type { Request } from "../../../scripts/local/http-event.ts";
import { people } from "../../../scripts/local/people.ts";
import { expectWholeTrails } from "../../support/audit-trail.ts";
import { openGate, type Reply } from "../../support/gate.ts";
import { SEASON, SURFACE, stepsOf } from "../../support/gate-steps.ts";
import { csvOf, jsonOf, listRow, listRows } from "../../support/import-lists.ts";
import { expectProblem } from "../../support/problem.ts";
import { brandNumber } from "../../support/whitelist-rows.ts";

const gate = await openGate();
const go = stepsOf(gate);
beforeAll(() => go.season());
afterAll(() => gate.close());

const SEND = "PUT /v1/whitelist/imports/{import}/parts/{part}";

/** A part as anybody may send it. */
const send = (of: string, part: number | string, request: Request, as: User | "reviewer" | "attester" = "reviewer"): Promise<Reply> =>
  gate.call(SEND, { as, headers: { "content-type": "text/csv" }, ...request, params: { import: of, part: String(part) } });
const csv = (rows: Parameters<typeof csvOf>[0]): Request => ({ rawBody: csvOf(rows) });
const read = async (of: string, query: Readonly<Record<string, string>> = {}) =>
  (await gate.call("GET /v1/whitelist/imports/{import}", { as: "auditor", params: { import: of }, query })).body;
const grantsOf = async (from: number, count: number) => {
  const { body } = await gate.call("GET /v1/whitelist/export", {
    as: "reviewer",
    query: { surface: SURFACE, season: SEASON, format: "json" },
  });
  const brands = new Set(Array.from({ length: count }, (_, index) => brandNumber(from + index)));
  return body.grants.filter(({ brand }: { brand: string }) => brands.has(brand));
};

let used = 0;
/** Numbers of brands that no other test has. */
const fresh = () => (used += 10_000);

describe("an import in parts", () => {
  test("gives each row's brand its key, in whatever form the part is sent, and says how far it is", async () => {
    const n = fresh();
    const { id } = await go.beginImport("reviewer");
    const lines = jsonOf(listRows(n + 40, 10)).map((row) => JSON.stringify(row));
    const forms: Request[] = [
      csv(listRows(n, 20)),
      { rawBody: JSON.stringify(jsonOf(listRows(n + 20, 20))), headers: { "content-type": "application/json; charset=utf-8" } },
      {
        rawBody: Buffer.from(lines.join("\n")).toString("base64"),
        base64: true,
        headers: { "content-type": "application/x-ndjson" },
      },
    ];
    for (const [index, form] of forms.entries()) {
      const { status, body } = await send(id, index + 1, form);
      const [first, last] = [index * 20 + 1, Math.min(index * 20 + 20, 50)];
      expect({ status, ...body }).toMatchObject({ status: 200, part: index + 1, rows: { first, last } });
      expect(body.outcomes.map(({ row, outcome }: { row: number; outcome: string }) => [row, outcome])).toEqual(
        Array.from({ length: last - first + 1 }, (_, at) => [first + at, "added"]),
      );
    }
    expect(await go.completeImport("reviewer", id, 3)).toMatchObject({ state: "finished", rows: 50, parts: 3 });
    expect(await read(id)).toMatchObject({ state: "finished", counts: { added: 50, changed: 0, unchanged: 0, refused: 0 }, refused: [] });
    expect(await grantsOf(n, 50)).toHaveLength(50);
    await expectWholeTrails(gate);
  });

  test("tells of each refused row why, page by page, also of a brand that an earlier part named", async () => {
    const n = fresh();
    const { id } = await go.beginImport("reviewer");
    await send(id, 1, csv([...listRows(n, 3), listRow(n + 3, { storeType: "independent" })]));
    const { body } = await send(
      id,
      2,
      csv([listRow(n + 1), listRow(n + 3), listRow(n + 5, { nameEn: `Powder Box ${n}` }), listRow(n + 6)]),
    );
    const said = (outcomes: readonly { row: number; outcome: string; reasons: readonly { code: string }[] }[]) =>
      outcomes.map(({ row, outcome, reasons }) => [row, outcome, ...reasons.map(({ code }) => code)]);
    expect(said(body.outcomes)).toEqual([
      [5, "refused", "brand-repeated"],
      [6, "refused", "brand-repeated"],
      [7, "refused", "name-looks-alike"],
      [8, "added"],
    ]);
    const first = await read(id, { limit: "3" });
    expect([first.counts.refused, first.refused.map(({ row }: { row: number }) => row)]).toEqual([4, [4, 5, 6]]);
    const second = await read(id, { limit: "3", cursor: first.next });
    expect([said(second.refused), second.next]).toEqual([[[7, "refused", "name-looks-alike"]], null]);
    const foreign = await gate.call("GET /v1/whitelist/imports/{import}", {
      as: "reviewer",
      params: { import: id },
      query: { cursor: first.next },
    });
    expectProblem(foreign, { status: 400, code: "cursor-invalid" });
  });

  test("says the same of a part that is sent again, changes nothing, and takes no other in its place", async () => {
    const n = fresh();
    const { id } = await go.beginImport("reviewer");
    const part = csv([listRow(n), listRow(n + 1, { storeType: "independent" })]);
    const { body } = await send(id, 1, part);
    const before = await gate.rows();
    expect((await send(id, 1, part)).body).toEqual(body);
    expectProblem(await send(id, 1, csv([listRow(n + 2)])), { status: 409, code: "import-differs" });
    expect(await gate.rows()).toEqual(before);
    await go.completeImport("reviewer", id, 1);
    expect((await send(id, 1, part)).body).toEqual(body);
    expectProblem(await send(id, 2, part), { status: 409, code: "wrong-state" });
  });

  test("takes the parts in order, and is complete with as many as were sent", async () => {
    const n = fresh();
    const { id } = await go.beginImport("reviewer");
    await send(id, 1, csv([listRow(n)]));
    const early = await send(id, 3, csv([listRow(n + 1)]));
    expectProblem(early, { status: 409, code: "part-out-of-order" });
    expect(early.body.errors).toEqual([{ code: "part-out-of-order", field: "", detail: "Part 2 is next." }]);
    const complete = (parts: number) =>
      gate.call("POST /v1/whitelist/imports/{import}/completion", { as: "reviewer", params: { import: id }, body: { parts } });
    expectProblem(await complete(2), { status: 409, code: "import-differs" });
    const [whole, again] = [await complete(1), await complete(1)];
    expect([whole.status, again.status, again.body]).toEqual([200, 200, whole.body]);
  });

  test("begun twice under one Idempotency-Key is one", async () => {
    const begin = () =>
      gate.call("POST /v1/whitelist/imports", {
        as: "reviewer",
        body: { surface: SURFACE, season: SEASON },
        headers: { "idempotency-key": "list-of-may" },
      });
    const [one, same] = [await begin(), await begin()];
    expect([one.status, same.status, same.body]).toEqual([201, 201, one.body]);
  });

  test("of two senders at once is one import: each row once, and one story of it", async () => {
    const n = fresh();
    const { id } = await go.beginImport("reviewer");
    const [ours, theirs] = [csv(listRows(n, 40)), csv(listRows(n + 100, 40))];
    for (const [part, sent] of [
      [1, [ours, ours]],
      [2, [theirs, csv(listRows(n + 200, 40))]],
    ] as const) {
      const replies = await Promise.all(sent.map((request) => send(id, part, request)));
      const refused = replies.filter(({ status }) => status !== 200);
      expect(replies.length - refused.length).toBeGreaterThanOrEqual(1);
      for (const reply of refused)
        expect(["part-under-way", "changed-meanwhile", "import-differs"]).toContain(reply.status === 409 ? reply.body.code : reply.text);
    }
    expect(await read(id)).toMatchObject({ rows: 80, parts: 2, counts: { added: 80 } });
    expect(await grantsOf(n, 300)).toHaveLength(80);
    await expectWholeTrails(gate);
  });
});

describe("a dry run", () => {
  test("tells row by row, over all its parts, what a real import then does, and writes nothing to the whitelist", async () => {
    const n = fresh();
    const real = await go.beginImport("reviewer");
    await go.sendPart("reviewer", real.id, 1, csvOf(listRows(n, 3)));
    const before = await gate.rows();
    const parts = [
      csv([listRow(n), listRow(n + 1, { dailyShare: "500" }), listRow(n + 7), listRow(n + 8, { phases: "wave-9" })]),
      csv([listRow(n + 7), listRow(n + 9, { nameZh: `霁鹭${n + 7}` }), listRow(n + 10, { storeType: "independent" }), listRow(n + 11)]),
    ];
    const tried = await go.beginImport("reviewer", true);
    const said = [await send(tried.id, 1, parts[0] ?? {}), await send(tried.id, 2, parts[1] ?? {})].map(({ body }) => body);
    expect(await go.completeImport("reviewer", tried.id, 2)).toMatchObject({ dryRun: true, state: "finished" });
    expect(said.map(({ counts }) => counts)).toEqual([
      { added: 1, changed: 1, unchanged: 1, refused: 1 },
      { added: 1, changed: 0, unchanged: 0, refused: 3 },
    ]);

    const kept = new Set(before.registry.map((row) => JSON.stringify(row)));
    const after = await gate.rows();
    const written = after.registry.filter((row) => !kept.has(JSON.stringify(row))).map(({ pk }) => pk?.S);
    expect([...new Set(written)].sort()).toEqual([`AUDIT#import/${tried.id}`, `IMPORT#${tried.id}`, `OUTBOX#import/${tried.id}`]);

    const done = await go.beginImport("reviewer");
    expect([await send(done.id, 1, parts[0] ?? {}), await send(done.id, 2, parts[1] ?? {})].map(({ body }) => body)).toEqual(said);
  });

  test("is announced to nobody", async () => {
    const { id } = await go.beginImport("reviewer", true);
    await go.completeImport("reviewer", id, 0);
    await gate.publish();
    const { body } = await gate.call("GET /v1/whitelist/changes", { as: "reviewer", query: { since: "0" } });
    expect(JSON.stringify(body)).not.toContain(id);
  });

  test("lets the other side import the other key still, and knows who may not", async () => {
    const both: User = { ...people.attester, role: "attester", sub: "usr_both" };
    await go.beginImport(both, true);
    await go.beginImport({ ...both, ...people.reviewer, role: "reviewer", sub: "usr_both" });
    expectProblem(await gate.call("POST /v1/whitelist/imports", { as: both, body: { surface: SURFACE, season: SEASON, dryRun: true } }), {
      status: 403,
      code: "self-review",
    });
  });
});
