import { expect, jest, test } from "@jest/globals";
import "../support/fetch-errors.ts";
import { type Counted, runCounts } from "../support/counts/run.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(300_000);

test("every counter ends equal to its distinct ids, though the store fails in every way (npm run test:counts does it with more)", async () => {
  const results: Counted[] = [];
  await runCounts([618], 300, (result) => results.push(result));
  expect(results).toHaveLength(1);
  expect(results[0]?.wrong).toEqual([]);
  expect(results[0]?.faults).toBeGreaterThan(10);
});
