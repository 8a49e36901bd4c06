import { expect, test } from "@jest/globals";
import { briefly } from "../../../lib/app/briefly.ts";
import { Unavailable } from "../../../lib/app/ports/unavailable.ts";
import { inTime } from "../../../lib/deps/in-time.ts";

const clock = { at: 0 };
const patience = { machineNow: () => clock.at, inTime, waitMs: 10, restMs: 1_000 };
const away = async () => {
  throw new Unavailable();
};
const never = () => new Promise<never>(() => {});

test("what is answered is passed on, and so is an error that is not the store's", async () => {
  const ask = briefly(patience);
  expect(await ask(async () => 7)).toBe(7);
  const fault = new TypeError("ours");
  await expect(
    ask(async () => {
      throw fault;
    }),
  ).rejects.toBe(fault);
  expect(await ask(async () => 8)).toBe(8);
});

test.each([
  ["refuses", away],
  ["hangs", never],
])("a store that %s is given up, and is not asked again before it has rested", async (_, fails) => {
  clock.at = 0;
  const ask = briefly(patience);
  await expect(ask(fails)).rejects.toBeInstanceOf(Unavailable);
  let asked = 0;
  const answers = async () => ++asked;
  clock.at = 999;
  await expect(ask(answers)).rejects.toBeInstanceOf(Unavailable);
  expect(asked).toBe(0);
  clock.at = 1_000;
  expect(await ask(answers)).toBe(1);
});
