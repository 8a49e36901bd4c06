import { describe, expect, test } from "@jest/globals";
import { seasonPlans } from "../../../scripts/local/season-plans.ts";
import { agenda } from "../../../scripts/rehearse/agenda.ts";
import { participants } from "../../../scripts/rehearse/brands.ts";
import { crowd } from "../../../scripts/rehearse/crowd.ts";
import { fateOf } from "../../../scripts/rehearse/fates.ts";
import { html } from "../../../scripts/rehearse/html.ts";
import { rehearseOptions } from "../../../scripts/rehearse/options.ts";
import { findings, PROMISE_NAMES, unchecked } from "../../../scripts/rehearse/promises.ts";
import { randomOf } from "../../../scripts/rehearse/random.ts";
import { tickTimes } from "../../../scripts/rehearse/ticks.ts";
import { timetableOf } from "../../../scripts/rehearse/timetable.ts";

const SEASON = { season: "618-2024", file: undefined };

describe("the agenda", () => {
  test("gives what is first, and of two at one instant the one put down first, whatever is put down meanwhile", () => {
    const plan = agenda();
    const random = randomOf(7, 0);
    const run = async () => {};
    const taken: number[] = [];
    for (let n = 0; n < 500; n++) plan.put(random.below(100), run);
    for (let next = plan.next(); next; next = plan.next()) {
      taken.push(next.at);
      if (taken.length % 5 === 0 && taken.length < 300) plan.put(next.at + random.below(50), run);
    }
    expect(taken).toEqual(taken.toSorted((one, other) => one - other));
    expect(taken).toHaveLength(560 - 1);
    const order: string[] = [];
    for (const name of ["a", "b", "c"]) plan.put(5, async () => void order.push(name));
    for (let next = plan.next(); next; next = plan.next()) void next.run();
    expect(order).toEqual(["a", "b", "c"]);
  });
});

describe("the plan", () => {
  test("the same seed draws the same crowd, cast and ticks, and another seed others", async () => {
    const times = await timetableOf(SEASON);
    const drawn = async (seed: number) =>
      JSON.stringify([
        crowd(times, { decisions: 1_000, overHttp: 50, seed }),
        tickTimes(times, randomOf(seed, 2)),
        (await participants(times, 40, randomOf(seed, 0))).map((each, index) => fateOf(times, each, index, randomOf(seed, 100 + index))),
      ]);
    expect(await drawn(1)).toBe(await drawn(1));
    expect(await drawn(1)).not.toBe(await drawn(2));
  });

  test("as many viewers come as were asked for, most of them while a window is open, and the share over HTTP besides", async () => {
    const times = await timetableOf(SEASON);
    const bursts = crowd(times, { decisions: 20_000, overHttp: 1_000, seed: 1 });
    const sum = (of: typeof bursts, what: "viewers" | "overHttp") => of.reduce((total, burst) => total + burst[what], 0);
    expect(sum(bursts, "viewers")).toBe(20_000);
    expect(Math.abs(sum(bursts, "overHttp") - 1_000)).toBeLessThanOrEqual(1);
    const open = bursts.filter(({ at }) => times.phases.some(({ opensAt, closesAt }) => at >= opensAt && at < closesAt));
    expect(sum(open, "viewers")).toBeGreaterThan(15_000);
  });

  test("what happens to a brand comes in order, inside the rehearsal", async () => {
    const times = await timetableOf(SEASON);
    const random = randomOf(3, 0);
    for (const [index, participant] of (await participants(times, 60, random)).entries()) {
      const instants = fateOf(times, participant, index, random).map(({ at }) => at);
      expect(instants).toEqual(instants.toSorted((one, other) => one - other));
      expect(Math.min(...instants)).toBeGreaterThan(times.startsAt);
      expect(Math.max(...instants)).toBeLessThan(times.endsAt);
    }
  });

  test("the season clock is called at the very end", async () => {
    const times = await timetableOf(SEASON);
    expect(Math.max(...tickTimes(times, randomOf(1, 2)).map(({ at }) => at))).toBe(times.endsAt);
  });
});

test("every season of the sample can be rehearsed, and no other", async () => {
  for (const { body } of await seasonPlans()) expect((await timetableOf({ season: body.id, file: undefined })).id).toBe(body.id);
  await expect(timetableOf({ season: "618-1999", file: undefined })).rejects.toThrow('no season "618-1999"');
});

test("a promise that nobody looked at is named", () => {
  const found = findings();
  found.check("window", 0, null, false);
  found.check("faults", 0, "req", "it was answered 500");
  expect(unchecked(found, ["window", "faults", "audit"])).toEqual(["audit"]);
  expect(found.told).toEqual([{ promise: "faults", at: 0, requestId: "req", what: "it was answered 500" }]);
  expect(PROMISE_NAMES.filter((name) => found.broken[name] > 0)).toEqual(["faults"]);
});

test("text is text, and only markup of our own is markup", () => {
  const name = `<b>"Q" & 'A'</b>`;
  expect(html`<p title="${name}">${[html`<i>${name}</i>`, 1]}</p>`.html).toBe(
    '<p title="&lt;b&gt;&quot;Q&quot; &amp; &#39;A&#39;&lt;/b&gt;"><i>&lt;b&gt;&quot;Q&quot; &amp; &#39;A&#39;&lt;/b&gt;</i>1</p>',
  );
});

test.each([
  [["--speed", "0"], "--speed takes a whole number"],
  [["--decisions", "many"], "--decisions takes a whole number"],
  [["--plant", "weeds"], "--plant takes one of"],
  [["--fast"], "Unknown option"],
])("%p is refused in a sentence", (args, said) => {
  expect(() => rehearseOptions(args)).toThrow(said);
});
