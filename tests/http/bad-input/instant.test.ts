import { afterAll, expect, test } from "@jest/globals";
import { openGate } from "../../support/gate.ts";
import { PLAN } from "../../support/gate-steps.ts";
import { pathsOf, pointer, valueAt, withValue } from "../../support/json-paths.ts";
import { type Bad, letThrough } from "../../support/let-through.ts";
import { bodyForms, makeWorld, unspent } from "../../support/valid-calls.ts";

const gate = await openGate();
afterAll(() => gate.close());

const instantsIn = (body: object) => pathsOf(body).filter((path) => /^\d{4}-\d\d-\d\dT/.test(String(valueAt(body, path))));
const forms = bodyForms(await makeWorld(gate)).filter(({ call }) => instantsIn(call.body).length > 0);

const NO_INSTANTS = [
  ...["2024-05-20T20:00:00", "2024-05-20", "2024-02-30T00:00:00Z", "2024-05-20T25:00:00Z", "2024-05-20T20:00:00+25:00"],
  ...["2024-05-20T20:00:00 CST", "+010000-01-01T00:00:00Z", "1716206400000", "now", "20:00", "2024-05-20T23:59:60Z"],
];
/** Instants that have another year once they are in UTC are the ones to watch. */
const EDGES = [
  ...["0000-01-01T00:00:00+08:00", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-08:00"],
  `2024-05-20T20:00:00.${"9".repeat(1000)}Z`,
];

test.each(forms)("$form takes instants with an offset, on days that there are", async ({ route, call }) => {
  const changes = instantsIn(call.body).flatMap((path) =>
    NO_INSTANTS.map((text): Bad => [`${pointer(path)} = ${text}`, { body: withValue(call.body, path, text) }]),
  );
  expect(await letThrough(gate, route, call, changes)).toEqual([]);
});

test.each(forms)("$form never fails on the edges of the calendar", async ({ form, call }) => {
  const send = unspent(gate, form);
  const failed: string[] = [];
  for (const path of instantsIn(call.body))
    for (const edge of EDGES) {
      const { status } = await send((body) => withValue(body, path, edge));
      if (status >= 500) failed.push(`${pointer(path)} = ${edge}: ${status}`);
    }
  expect(failed).toEqual([]);
});

test.each(EDGES)("a season from or to %s never fails", async (edge) => {
  const [first, second] = PLAN.phases;
  const id = `edge-${EDGES.indexOf(edge)}`;
  const ends = { ...PLAN, id: `${id}-ends`, phases: [first, { ...second, closesAt: edge }], instants: { clickGraceEnds: edge } };
  const begins = { ...PLAN, id: `${id}-begins`, phases: [{ ...first, opensAt: edge }, second], instants: { applicationsClose: edge } };
  for (const body of [ends, begins]) expect((await gate.call("POST /v1/seasons", { as: "operator", body })).status).toBeLessThan(500);
});
