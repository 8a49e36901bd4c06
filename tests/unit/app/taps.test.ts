import { expect, test } from "@jest/globals";
import { knownSwitches } from "../../../lib/app/known-switches.ts";
import { Unavailable } from "../../../lib/app/ports/unavailable.ts";
import { Unreadable } from "../../../lib/app/ports/unreadable.ts";
import { recordClick } from "../../../lib/app/record-click.ts";
import { signsUnder } from "../../../lib/deps/traffic.ts";
import { OPENING, placed } from "../domain/fixtures.ts";

const PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 MicroMessenger/8.0.50";

test.each([
  ["is away", new Unavailable(), []],
  ["has what cannot be read", new Unreadable("a row"), ["click-failed"]],
  ["refuses us", Object.assign(new Error("no"), { name: "AccessDeniedException" }), ["click-failed"]],
])("a tap is gone on with when the store %s, and is a line to be replayed", async (_what, error, before) => {
  const said: string[] = [];
  const record = recordClick({
    events: { record: async () => true, impressionAt: () => Promise.reject(error) },
    signs: signsUnder("k1:0123456789abcdef0123456789abcdef"),
    briefly: (ask) => ask(),
    log: (_level, event) => said.push(event),
  });
  await record(placed(), { at: OPENING, link: "tmall-app", caller: { address: "203.0.113.7", userAgent: PHONE } });
  expect(said).toEqual([...before, "click-unrecorded"]);
});

test("a board of switches that cannot be read is in no tap's way", async () => {
  const said: string[] = [];
  const board = () => Promise.reject(new Unreadable("the board"));
  const switches = knownSwitches({ switches: { board }, now: () => OPENING, log: (_level, event) => said.push(event) });
  expect(await switches()).toEqual([]);
  expect(said).toEqual(["switches-failed", "switches-unread"]);
});
