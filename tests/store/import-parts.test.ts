import { afterEach, describe, expect, jest, test } from "@jest/globals";
import { beginImportInParts, completeImport, sendPart } from "../../lib/app/import-parts.ts";
import { importWhitelist } from "../../lib/app/import-whitelist.ts";
import { Unavailable } from "../../lib/app/ports/unavailable.ts";
import { rowIdentity } from "../../lib/deps/row-identity.ts";
import { readList } from "../../lib/deps/row-reader.ts";
import type { User } from "../../lib/domain/authorisation.ts";
import { Refusal } from "../../lib/domain/refusal.ts";
import { applicationStore } from "../../lib/store/applications.ts";
import { importStore } from "../../lib/store/imports.ts";
import { csvOf, listRow, listRows } from "../support/import-lists.ts";
import { season } from "../support/samples.ts";
import { type StoreBehindProxy, storeBehindProxy } from "../support/store-behind-proxy.ts";
import { someOf } from "../support/thoroughness.ts";

jest.setTimeout(300_000);

const AT = Date.parse("2024-05-13T02:00:00Z");
const REVIEWER: User = { role: "reviewer", sub: "usr_wei", tenant: "wechat" };
const [admission] = season().admissions;
if (!admission) throw new Error("the sample season has no admission");
const SEASON = season({ admissions: [{ ...admission, surface: "moments", capacity: 60 }] });
const phases = SEASON.phases.map(({ id }) => id).join("|");
const placed = <T extends object>(row: T) => ({ ...row, phases });
const PARTS = [listRows(1, 30), [listRow(1), ...listRows(31, 40)]].map((rows) => csvOf(rows.map(placed)));

let store: StoreBehindProxy;
let made = 0;
afterEach(() => store.close());

/** An import over tables of this test's own, whose clock can be moved. */
async function gate() {
  store = await storeBehindProxy({ timeoutMs: 20_000, maxAttempts: 1 });
  const { registry, run } = store;
  const clock = { now: AT };
  const deps = {
    imports: importStore(registry),
    applications: applicationStore(registry),
    seasons: { get: async () => SEASON },
    catalogue: { surface: () => ({ templates: [{ id: "310" }] }) as never },
    rows: rowIdentity,
    now: () => AT,
    newId: (prefix: string) => `${prefix}_01${run.toUpperCase()}${String(++made).padStart(12, "0")}`,
    readList,
    cursors: undefined as never,
    machineNow: () => clock.now,
  };
  const call = { user: REVIEWER, requestId: "r", query: undefined };
  const begin = (dryRun: boolean) =>
    beginImportInParts(deps)({ ...call, params: undefined, body: { surface: "moments", season: SEASON.id, dryRun } });
  const send = (id: string, part: number, text = PARTS[part - 1] ?? "") =>
    sendPart(deps)({ ...call, params: { import: id, part }, body: { type: "text/csv", bytes: Buffer.from(text) } });
  const complete = (id: string) => completeImport(deps)({ ...call, params: { import: id }, body: { parts: PARTS.length } });
  async function* nothing() {}
  const resume = (id: string | undefined) =>
    importWhitelist(deps)({ user: REVIEWER, surface: "moments", season: SEASON.id, dryRun: false, resume: id, groups: nothing() });
  return { clock, begin, send, complete, resume };
}

/** All but what tells one run from another, and how often a part was begun anew. */
const comparable = (items: Awaited<ReturnType<StoreBehindProxy["items"]>>, id: string) =>
  items
    .filter(({ pk }) => pk !== `AUDIT#import/${id}` && pk !== `OUTBOX#import/${id}`)
    .map((item) =>
      JSON.stringify(item)
        .replaceAll(id, "imp")
        .replaceAll(/"commit":"[^"]*"|evt_[0-9A-Z]{26}|OUTBOX#\d+/g, ""),
    )
    .map((text) => (text.includes('"sk":"IMPORT"') ? text.replaceAll(/"version":\d+/g, "") : text))
    .sort();

describe("a sender who is stopped at a write", () => {
  describe.each([false, true])("(dry run: %s)", (dryRun) => {
    test.each(["reset", "loseResponse"] as const)("(%s) and sends the part again ends as one who was not", async (act) => {
      const whole = await gate();
      const first = await whole.begin(dryRun);
      const answers = [await whole.send(first.id, 1), await whole.send(first.id, 2)];
      await whole.complete(first.id);
      expect(answers.map(({ counts }) => counts)).toEqual([
        { added: 30, changed: 0, unchanged: 0, refused: 0 },
        { added: 30, changed: 0, unchanged: 0, refused: 11 },
      ]);
      const wanted = comparable(await store.items(store.registry), first.id);
      const writes = store.proxy.calls["TransactWriteItems"] ?? 0;
      expect(writes).toBeGreaterThan(5);
      await store.close();

      // The first write begins the import; before it there is nothing to go on with.
      const positions = Array.from({ length: writes - 1 }, (_, after) => after);
      for (const position of someOf(positions, 618)) {
        const { clock, begin, send, complete } = await gate();
        const { id } = await begin(dryRun);
        store.proxy.rules([{ op: "TransactWriteItems", act, after: position }]);
        const stopped = await (async () => [await send(id, 1), await send(id, 2), await complete(id)])().catch((error: unknown) => error);
        expect(stopped).toBeInstanceOf(Unavailable);
        store.proxy.rules([]);
        clock.now += 30_000;
        expect([await send(id, 1), await send(id, 2)]).toEqual(answers);
        await complete(id);
        expect({ position, items: comparable(await store.items(store.registry), id) }).toEqual({ position, items: wanted });
        await store.close();
      }
      store = await storeBehindProxy();
    });
  });
});

test("a list that is sent in parts is not gone on with as a file, nor the other way about", async () => {
  const { begin, send, resume } = await gate();
  const { id } = await begin(false);
  await expect(resume(id)).rejects.toThrow(expect.objectContaining({ code: "wrong-state" }));
  const file = await resume(undefined);
  await expect(send(file.id, 1)).rejects.toThrow(expect.objectContaining({ code: "wrong-state" }));
});

describe("a part that somebody has in hand", () => {
  test("is taken by nobody else until they must have ended, unless they said so; it stays what it was", async () => {
    const { clock, begin, send, complete } = await gate();
    const { id } = await begin(false);
    // Holding goes through; nothing after it does, not even letting go.
    store.proxy.rules([{ op: "TransactWriteItems", act: "reset", after: 1 }]);
    await expect(send(id, 1)).rejects.toThrow(Unavailable);
    store.proxy.rules([]);
    const code = (expected: string) => expect.objectContaining({ code: expected });
    await expect(send(id, 1)).rejects.toThrow(code("part-under-way"));
    await expect(send(id, 1, PARTS[1])).rejects.toThrow(code("import-differs"));
    await expect(complete(id)).rejects.toThrow(code("part-under-way"));
    clock.now += 29_999;
    await expect(send(id, 1)).rejects.toThrow(code("part-under-way"));
    clock.now += 1;
    expect((await send(id, 1)).counts.added).toBe(30);

    // Letting go is the first write that goes through again.
    store.proxy.rules([{ op: "TransactWriteItems", act: "reset", after: 1, times: 2 }]);
    await expect(send(id, 2)).rejects.toThrow(Unavailable);
    store.proxy.rules([]);
    expect((await send(id, 2)).counts.added).toBe(30);
  });

  test("is one story, however many send it at once and again", async () => {
    const { clock, begin, send } = await gate();
    const { id } = await begin(false);
    for (const part of [1, 2]) {
      const replies = await Promise.allSettled(Array.from({ length: 5 }, () => send(id, part)));
      const answer = await send(id, part);
      for (const reply of replies)
        if (reply.status === "fulfilled") expect(reply.value).toEqual(answer);
        else expect(reply.reason).toBeInstanceOf(Refusal);
      clock.now += 1;
    }
    const items = await store.items(store.registry);
    expect(items.filter(({ pk }) => pk.startsWith("AUDIT#grant/"))).toHaveLength(60);
    expect(items.find(({ pk }) => pk.startsWith("PLACES#"))?.["count"]).toBe(60);
  });
});
