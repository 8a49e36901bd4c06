import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { deliveryTable } from "../../lib/deps/tables.ts";
import { snapshotStore } from "../../lib/store/snapshots.ts";
import { BOUNDARIES, judge, SKEWS } from "../support/boundaries/expected.ts";
import { plannedSeasons } from "../support/boundaries/seasons.ts";
import { openGate } from "../support/gate.ts";
import { REQUEST, SURFACE, stepsOf } from "../support/gate-steps.ts";
import { snapshotOf } from "../support/one-brand.ts";

/** A sample of `npm run test:boundaries` that goes through the handler, from a snapshot in the store. */
const OFFSETS_MS = [-500, -1, 0, 1, 500];

const gate = await openGate();
const go = stepsOf(gate);

beforeAll(async () => {
  const snapshot = await snapshotOf(plannedSeasons(SURFACE), SURFACE);
  await snapshotStore(deliveryTable("write")).publish(snapshot, undefined, 0);
});
afterAll(() => gate.close());

test("at every boundary of seven years the handler shows cards in their windows and nowhere else, with its clock off either way", async () => {
  const wrong: string[] = [];
  let [answers, inside] = [0, 0];
  for (const { at, season, phase, edge } of BOUNDARIES)
    for (const offset of OFFSETS_MS)
      for (const skew of SKEWS) {
        await gate.setClock(new Date(at + offset + skew).toISOString());
        const [slot] = (await go.decide(REQUEST)).slots;
        const found = judge(at + offset, slot.card ? { season: slot.season, phase: slot.phase } : undefined);
        answers++;
        if (found.isInside) inside++;
        if (found.wrong) wrong.push(`${found.wrong}, ${offset} ms from where ${season} ${phase} ${edge}, clock off by ${skew} ms`);
      }
  const file = process.env["BOUNDARIES_SAMPLE"];
  if (file) await writeFile(file, JSON.stringify({ answers, inside, violations: wrong.length, told: wrong.slice(0, 10) }));
  expect(wrong).toEqual([]);
  expect(inside / answers).toBeGreaterThan(0.2);
});
