import { afterAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { openGate } from "../../support/gate.ts";
import { pathsOf, withValue } from "../../support/json-paths.ts";
import { expectRefused } from "../../support/problem.ts";
import { bodyForms, makeWorld } from "../../support/valid-calls.ts";

const gate = await openGate();
afterAll(() => gate.close());
const forms = bodyForms(await makeWorld(gate));

test.each(forms)("$form answers any body at all, and never with a fault of ours", async ({ route, call: { body, ...call } }) => {
  const bent = fc
    .tuple(fc.constantFrom(...pathsOf(body)), fc.jsonValue({ maxDepth: 3 }))
    .map(([path, value]) => withValue(body, path, value));
  const json = fc.oneof(bent, bent, fc.jsonValue()).map((value) => ({ body: value }));
  const text = fc.string({ unit: "binary" }).map((rawBody) => ({ rawBody }));
  const bytes = fc.uint8Array().map((some) => ({ rawBody: Buffer.from(some).toString("base64"), base64: true }));
  await fc.assert(
    fc.asyncProperty(fc.oneof({ weight: 4, arbitrary: json }, text, bytes), async (sent) => {
      const reply = await gate.call(route, { ...call, ...sent });
      expect(reply.status).toBeLessThan(500);
      if (reply.status >= 400) expectRefused(reply);
    }),
    { numRuns: 200 },
  );
});
