import { randomBytes } from "node:crypto";
import type { APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { foldEvents } from "../../lib/app/fold-events.ts";
import { followClick } from "../../lib/app/follow-click.ts";
import { judged, recordClick } from "../../lib/app/record-click.ts";
import { events as contract } from "../../lib/contracts/events.ts";
import { shippedCatalogue } from "../../lib/deps/catalogue.ts";
import { eventIds } from "../../lib/deps/event-ids.ts";
import { hmacSigner } from "../../lib/deps/signer.ts";
import { signsUnder } from "../../lib/deps/traffic.ts";
import { mintDecisionId } from "../../lib/domain/decision-id.ts";
import { type DeliveryEvent, delivered, type Placed } from "../../lib/domain/delivery-event.ts";
import { mintTokens, spotText } from "../../lib/domain/event-token.ts";
import { additionsOf, type StreamedRecord } from "../../lib/domain/fold.ts";
import { endpoints, identifyNobody } from "../../lib/http/endpoints.ts";
import { batchStore } from "../../lib/store/batches.ts";
import { eventStore } from "../../lib/store/events.ts";
import { foldStore } from "../../lib/store/folds.ts";
import { keys } from "../../lib/store/keys.ts";
import { Table } from "../../lib/store/table.ts";
import { httpEvent } from "../../scripts/local/http-event.ts";
import { freshTables } from "../../tests/support/tables.ts";
import type { Figure } from "../decide/figures.ts";
import { inRounds, ratio } from "../decide/rounds.ts";
import { meteredClient } from "./units.ts";

export interface CountEffort {
  readonly events: number;
  readonly rounds: number;
  readonly sliceMs: number;
}

/** As serverless.yml has it: so many records are folded at once when the stream is busy. */
const FOLDED_AT_ONCE = 1_000;
const BATCH = 500;
/** Batches that a busy feed sends in one batching window of the stream. */
const BATCHES = 10;
/** Cards that are live at a time, two of each brand. */
const CARDS = 20;
const HOUR_MS = 3_600_000;
const SURFACE = "wechat-moments";
const KEY = `k1:${"0123456789abcdef".repeat(2)}`;
const ULID = "01ARZ3NDEKTSV4RRFFQ69G5F";

const must = (limit: number) => (value: number) => value <= limit;

/** What counting costs: write units an event, its projections included, and the CPU time of a tap. `endpoint` is of a DynamoDB Local. */
export async function countFigures(endpoint: string, { events, rounds, sliceMs }: CountEffort): Promise<readonly Figure[]> {
  const { delivery } = await freshTables();
  const metered = meteredClient(endpoint);
  const table = new Table(metered.client, delivery);
  const store = eventStore(table);
  let sequence = 0;
  const foldAll = foldEvents({ folds: foldStore(table), log: () => {} }).bind(undefined, "shard");
  const fold = async (folded: readonly DeliveryEvent[]) => {
    const records = folded.map((event) => ({ sequence: String(++sequence), additions: [additionsOf(event)] }));
    for (let from = 0; from < records.length; from += FOLDED_AT_ONCE) await foldAll(records.slice(from, from + FOLDED_AT_ONCE));
  };
  const each = async (all: readonly DeliveryEvent[], record: (event: DeliveryEvent) => Promise<unknown>) => {
    metered.taken();
    for (const event of all) await record(event);
    await fold(all);
    return metered.taken() / all.length;
  };
  const at = Date.now();
  const cards = Array.from({ length: events }, (_, n) => placed(n, at));
  const shown = cards.map((card) => delivered(card, { kind: "impression", at }));
  const impression = await each(shown, store.record);
  const click = await each(
    cards.map((card) => delivered(card, { kind: "click", at: at + 2_000, link: "tmall-app" })),
    async (tap) => store.record(await judged(store, tap)),
  );

  const lease = `${(at + HOUR_MS).toString(36)}-bench0000000`;
  await table.put({ ...keys.lease({ campaign: placed(0, at).campaign, id: lease }), granted: events });
  const capped = Array.from({ length: Math.ceil(events / 10) }, (_, n) =>
    delivered({ ...placed(n * CARDS, at), decision: decisionId(at), lease }, { kind: "impression", at }),
  );
  const cappedUnits = await each(capped, store.record);

  metered.taken();
  const records: StreamedRecord[] = [];
  for (let batch = 0; batch < BATCHES; batch++) {
    const told = Array.from({ length: BATCH }, (_, n) => delivered(placed(n, at), { kind: "impression", at: at + n }));
    const answers = await batchStore(table).record(
      `wechat/bench-${batch}`,
      told.map((event) => ({ event, decidedAt: at, refused: null })),
    );
    if (answers.some((answer) => answer !== "counted")) throw new Error("a batch was not counted");
    records.push({ sequence: String(++sequence), additions: told.map((event) => additionsOf(event)) });
  }
  await foldAll(records);
  const batchUnits = metered.taken() / (BATCHES * BATCH);
  metered.close();

  return [
    { name: "impression_wru", value: impression, must: must(1.2) },
    { name: "impression_capped_wru", value: cappedUnits, must: must(4.2) },
    { name: "impression_batch_wru", value: batchUnits, must: must(0.05) },
    { name: "click_wru", value: click, must: must(2) },
    { name: "click_vs_floor", value: await clickVsFloor({ rounds, sliceMs }), must: must(MOST_TIMES_THE_FLOOR) },
  ];
}

/** The floor is about a microsecond; a tap opens a signed token, routes it and reads the signs of its caller, some forty. More than twice that is something new. */
const MOST_TIMES_THE_FLOOR = 80;

/**
 * CPU time of a tap through the handler, its store answering at once from memory, against the floor: the same handler around a use case
 * that verifies nothing, records nothing and answers a fixed address.
 */
async function clickVsFloor(effort: Pick<CountEffort, "rounds" | "sliceMs">): Promise<number> {
  const now = Date.now;
  const log = () => {};
  const at = now();
  const card = placed(0, at);
  const base = { now, log, identify: identifyNobody };
  const signer = hmacSigner(KEY);
  const memory = { record: async () => true, impressionAt: async () => at - 10_000 };
  const record = recordClick({ events: memory, signs: signsUnder(KEY), briefly: (ask) => ask(), log });
  const ours = { publicUrl: "https://gate.example", domain: "gate.example", eventIds };
  const deps = { ...base, ...ours, catalogue: shippedCatalogue(), signer, switches: async () => [], recordClick: record };
  const { decision, slot, installedApps, os, hostVersion, lease, ...spot } = card;
  const { click: token } = mintTokens(signer, spotText(spot), {
    ...{ decision, slot, installedApps, os, hostVersion, lease },
    impressionEnds: at + HOUR_MS,
    clickEnds: at + HOUR_MS,
  });
  const event = httpEvent("GET /c/{token}", { params: { token } });
  const context = { awsRequestId: "bench" } as Context;
  const { click } = contract;
  const handlers = {
    tap: endpoints({ click }, { click: followClick(deps) }, base),
    floor: endpoints({ click }, { click: async () => ({ location: "https://shop.example/" }) }, base),
  };
  const variant = (name: keyof typeof handlers) => ({
    name,
    run: async (times: number) => {
      for (let n = 0; n < times; n++) {
        const { statusCode } = (await handlers[name](event, context)) as APIGatewayProxyStructuredResultV2;
        if (statusCode !== 302) throw new Error(`a tap was answered ${statusCode}`);
      }
    },
  });
  return ratio(await inRounds([variant("tap"), variant("floor")], effort), "tap", "floor");
}

/** As long as such an id is. */
function decisionId(at: number): string {
  const signature = randomBytes(32).toString("base64url");
  const seed = () => randomBytes(4).readUInt32BE();
  return mintDecisionId(
    { keyId: "k1", sign: () => signature, verify: () => false },
    {
      at,
      surface: SURFACE,
      slots: 1,
      seed: [seed(), seed()],
      point: 5_000,
      apps: [],
      versions: { snapshot: 1_234, switches: 12, shares: 4_321 },
      withheld: [],
      held: new Map(),
    },
  );
}

function placed(n: number, at: number): Placed {
  const card = n % CARDS;
  const ulid = (of: number) => `${ULID}${String(of).padStart(2, "0")}`;
  return {
    decision: decisionId(at),
    slot: 0,
    surface: SURFACE,
    season: "618-2026",
    phase: "first-wave",
    brand: `brd_${ulid(Math.floor(card / 2))}`,
    campaign: `cmp_${ulid(Math.floor(card / 2))}`,
    card: `crd_${ulid(card)}`,
    marketplace: "tmall",
    seasonCloses: at + HOUR_MS,
    destination: { kind: "store", id: "990000000001" },
    installedApps: ["tmall"],
    os: "ios",
    hostVersion: "8.0.50",
    lease: "",
  };
}
