import { expect, test } from "@jest/globals";
import * as fc from "fast-check";
import { decideCards } from "../../../lib/app/decide-cards.ts";
import { decisions } from "../../../lib/contracts/decisions.ts";
import { fromOutside } from "../../../lib/contracts/wire.ts";
import { shippedCatalogue } from "../../../lib/deps/catalogue.ts";
import { openToken, type Signer } from "../../../lib/domain/event-token.ts";
import { EMPTY_BOARD } from "../../../lib/domain/kill-switch.ts";
import type { Snapshot } from "../../../lib/domain/snapshot.ts";
import { HOUR, OPENING, SEASON_END, season, servedCampaign, servedCard, WAVES } from "../domain/fixtures.ts";

const ULID = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
const AT = OPENING + HOUR / 2;
const SNAPSHOT: Snapshot = {
  surface: "wechat-moments",
  seasons: [
    {
      id: "618-2024",
      version: 2,
      marketplace: "tmall",
      status: "open",
      phases: WAVES,
      instants: season().instants,
      rings: [],
      ringTurns: [],
      brands: [
        {
          brand: `brd_${ULID}`,
          grants: [{ phases: ["wave-1"], templates: ["310"], state: "current", expiresAt: SEASON_END }],
          attestation: { state: "current", expiresAt: SEASON_END },
          campaigns: [
            servedCampaign({
              id: `cmp_${ULID}`,
              cards: [
                servedCard({
                  id: `crd_${ULID}`,
                  campaign: `cmp_${ULID}`,
                  text: { text: "新品" },
                  destination: { kind: "store", id: "9".repeat(20) },
                }),
              ],
            }),
          ],
        },
      ],
    },
  ],
};
const signer: Signer = { keyId: "k1", sign: () => "s".repeat(43), verify: () => true };
const decide = decideCards({
  freshSnapshot: async () => ({ snapshot: SNAPSHOT, since: 1, withheld: [], board: EMPTY_BOARD, confirmedAt: AT }),
  catalogue: shippedCatalogue(),
  signer,
  publicUrl: "https://events.example",
  now: () => AT,
  decisions: signer,
  newSeed: () => [0xffffffff, 0xffffffff],
  pointOf: () => 0,
  log: () => undefined,
});
const body = (installedApps: readonly string[]) => ({ surface: "wechat-moments", slots: 1, viewer: { key: "v", installedApps } });

/** The addresses given to a request that fits the contract. */
async function addressesFor(installedApps: readonly string[]) {
  const found = fromOutside(decisions.decide.body, body(installedApps));
  if (!("value" in found)) throw new Error(JSON.stringify(found.faults));
  const { slots } = await decide({
    body: found.value as never,
    user: { sub: "f", role: "feed", tenant: "wechat" },
    requestId: "r",
    params: {},
    query: {},
  });
  const [slot] = slots;
  if (!slot || !("clickUrl" in slot)) throw new Error("no card");
  return slot;
}

test.each([
  ["no app", []],
  ["the marketplace's apps", ["tmall", "taobao"]],
  ["as many apps with names as long as the contract lets in", Array.from({ length: 20 }, (_, index) => `${index}`.padStart(64, "a"))],
])("the addresses of a decision open again for a viewer with %s", async (_name, apps) => {
  const { impressionUrl, clickUrl } = await addressesFor(apps);
  const tokenIn = (url: string) => url.split("/").at(-1) ?? "";
  expect(openToken(signer, "impression", tokenIn(impressionUrl), AT).card).toBe(`crd_${ULID}`);
  expect(openToken(signer, "click", tokenIn(clickUrl), AT).destination).toEqual({ kind: "store", id: "9".repeat(20) });
});

test.each([
  ["no slot", { slots: 0 }],
  ["eleven slots", { slots: 11 }],
  ["half a slot", { slots: 1.5 }],
  ["no viewer's key", { viewer: { key: "", installedApps: [] } }],
  ["a key too long", { viewer: { key: "k".repeat(129), installedApps: [] } }],
  ["21 apps", { viewer: { key: "k", installedApps: Array(21).fill("a") } }],
  ["an app that is no name", { viewer: { key: "k", installedApps: ["a b"] } }],
  ["a field of its own", { ...body([]), brand: "brd_1" }],
])("a request with %s does not fit", (_name, over) => {
  expect("faults" in fromOutside(decisions.decide.body, { ...body([]), ...over })).toBe(true);
});

test("one to ten slots fit", () => {
  fc.assert(fc.property(fc.integer({ min: 1, max: 10 }), (slots) => "value" in fromOutside(decisions.decide.body, { ...body([]), slots })));
});
