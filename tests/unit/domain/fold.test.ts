import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { type DeliveryEvent, EVENT_KINDS } from "../../../lib/domain/delivery-event.ts";
import {
  additionsOf,
  type Checkpoint,
  compareSequences,
  type FoldStep,
  foldSteps,
  rowName,
  type StreamedRecord,
} from "../../../lib/domain/fold.ts";
import { summed } from "../../../lib/domain/tally.ts";
import { impression, OPENS_AT } from "../../support/samples.ts";

const record = (sequence: string, ...events: DeliveryEvent[]): StreamedRecord => ({
  sequence,
  additions: events.map((event) => additionsOf(event)),
});

/** What the steps come to, row by row. */
function sumsOf(steps: readonly FoldStep[]): Record<string, Record<string, number>> {
  const rows: Record<string, Record<string, number>> = {};
  for (const { sums } of steps) for (const sum of sums) rows[rowName(sum)] = { ...summed([rows[rowName(sum)] ?? {}, sum.counters]) };
  const isCounted = ([, count]: [string, number]) => count !== 0;
  return Object.fromEntries(
    Object.entries(rows).map(([row, counters]) => [row, Object.fromEntries(Object.entries(counters).filter(isCounted))]),
  );
}

test("an impression adds to its card's hour and its brand's; a click to its card's and to where taps went", () => {
  expect(additionsOf(impression()).map(({ kind, counters }) => [kind, counters])).toEqual([
    ["card", { impressions: 1 }],
    ["delivered", { impressions: 1 }],
  ]);
  expect(additionsOf(impression({ kind: "click", link: "web" })).map(({ kind, counters }) => [kind, counters])).toEqual([
    ["card", { clicks: 1 }],
    ["links", { "links:web:ios": 1 }],
  ]);
});

test("what is invalid was not delivered", () => {
  expect(additionsOf(impression({ invalid: "bot" })).map(({ kind }) => kind)).toEqual(["card"]);
});

test("sequence numbers compare as the numbers they are too long for", () => {
  expect(compareSequences("9", "10")).toBeLessThan(0);
  expect(compareSequences("0010", "9")).toBeGreaterThan(0);
  expect(compareSequences("0010", "10")).toBe(0);
  expect(compareSequences("1000000000000000000000000000000000000001", "1000000000000000000000000000000000000002")).toBeLessThan(0);
});

test("records at or before the checkpoint are not folded again, and with none left there is no step", () => {
  const records = [record("8", impression()), record("9", impression()), record("10", impression())];
  const [step] = foldSteps(records, { sequence: "9", events: 1 }, 99);
  expect(step).toMatchObject({ to: { sequence: "10", events: 1 }, aside: [] });
  expect(step?.sums.map(({ counters }) => counters)).toEqual([{ impressions: 1 }, { impressions: 1 }]);
  expect(foldSteps(records, { sequence: "10", events: 1 }, 99)).toEqual([]);
});

test("a record that cannot be read is put aside between the others, which are folded", () => {
  const records = [record("1", impression()), { sequence: "2", additions: null }, record("3", impression())];
  const [step, ...more] = foldSteps(records, undefined, 99);
  expect(more).toEqual([]);
  expect(step).toMatchObject({ to: { sequence: "3", events: 1 }, aside: ["2"] });
  expect(step?.sums[0]?.counters).toEqual({ impressions: 2 });
  expect(foldSteps(records, { sequence: "2", events: 1 }, 99)[0]?.aside).toEqual([]);
});

test("a record of something else moves the checkpoint alone", () => {
  expect(foldSteps([{ sequence: "5", additions: [] }], undefined, 99)).toEqual([{ to: { sequence: "5", events: 1 }, sums: [], aside: [] }]);
});

test("what is counted as another thing than before takes back what it was", () => {
  const click = impression({ kind: "click", link: "web" });
  const settled = [...additionsOf({ ...click, invalid: "no-impression" }, -1), ...additionsOf(click)];
  const steps = foldSteps([record("1", { ...click, invalid: "no-impression" }), { sequence: "2", additions: [settled] }], undefined, 99);
  expect(sumsOf(steps)).toEqual(sumsOf(foldSteps([record("1", click)], undefined, 99)));
});

describe("however records are split, repeated and cut short,", () => {
  const anyEvent = fc
    .record({
      kind: fc.constantFrom(...EVENT_KINDS),
      card: fc.nat(4).map((n) => `crd_${n}`),
      brand: fc.nat(2).map((n) => `brd_${n}`),
      at: fc.nat(3).map((hours) => OPENS_AT + hours * 3_600_000),
      link: fc.constantFrom("web", "tmall-app"),
    })
    .map((changes) => impression(changes));
  const anyRecords = fc
    .array(fc.array(anyEvent, { maxLength: 12 }), { minLength: 1, maxLength: 12 })
    .map((records) => records.map((events, n) => record(String(n + 1), ...events)));

  test("every event is added once, in steps of no more rows than allowed", () => {
    fc.assert(
      fc.property(anyRecords, fc.integer({ min: 3, max: 20 }), fc.infiniteStream(fc.nat(100)), (records, most, draws) => {
        const draw = (n: number) => (draws.next().value as number) % n;
        const whole = sumsOf(foldSteps(records, undefined, Number.POSITIVE_INFINITY));
        const taken: FoldStep[] = [];
        let checkpoint: Checkpoint | undefined;
        // Batches begin anywhere up to the first record that is not done; of their steps some are not reached.
        for (let next = 0; next < records.length; ) {
          const from = draw(next + 1);
          const batch = records.slice(from, next + 1 + draw(4));
          const steps = foldSteps(batch, checkpoint, most);
          const reached = draw(3) === 0 ? steps.slice(0, draw(steps.length + 1)) : steps;
          taken.push(...reached);
          checkpoint = reached.at(-1)?.to ?? checkpoint;
          if (reached.length === steps.length) next = Math.max(next, from + batch.length);
        }
        expect(sumsOf(taken)).toEqual(whole);
        for (const { sums } of taken) expect(sums.length).toBeLessThanOrEqual(most);
      }),
    );
  });
});
