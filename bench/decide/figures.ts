import { execFileSync } from "node:child_process";
import { mkdirSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import type { Context } from "aws-lambda";
import { eventSigner } from "../../lib/deps/signer.ts";
import { decide } from "../../lib/domain/decision.ts";
import { openToken } from "../../lib/domain/event-token.ts";
import { drawnFrom } from "../../lib/domain/random.ts";
import { servingIndex } from "../../lib/domain/serving-index.ts";
import type { Snapshot } from "../../lib/domain/snapshot.ts";
import { packSnapshot, unpackSnapshot } from "../../lib/store/snapshot-content.ts";
import { openIssuer } from "../../scripts/local/issuer.ts";
import { people } from "../../scripts/local/people.ts";
import { stackEnv } from "../../scripts/local/stack-env.ts";
import { KEYS_FILE } from "./answer-file.ts";
import { bundle } from "./bundle.ts";
import { festival, surfaceOf } from "./festival.ts";
import { decideByAskingAll } from "./linear.ts";
import { inRounds, median, ratio } from "./rounds.ts";
import { publishInto } from "./store-folder.ts";
import type { Wire } from "./transport.ts";

export interface Effort {
  readonly rounds: number;
  readonly sliceMs: number;
  readonly coldStarts: number;
  readonly draws: number;
}

/** `name value`, and what the value has to be. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  readonly must: (value: number) => boolean;
}

const atMost =
  (limit: number) =>
  (value: number): boolean =>
    value <= limit;
const isControl = (value: number): boolean => value >= 0.9 && value <= 1.1;

const HERE = import.meta.dirname;
const ENTRY = join(HERE, "../../functions/decide.ts");
const SIZES = [10, 1_000, 10_000, 100_000] as const;
const COLD_SIZES = [1_000, 10_000] as const;
const URL_HEAD = "https://events.example/i/";

type Handler = (event: object, context: Context) => Promise<{ readonly statusCode: number; readonly body: string }>;

const context = { awsRequestId: "bench" } as Context;

/**
 * The figures of a decision. Everything is measured on the bundle that ships, its wire aside; CPU time of whole handler calls.
 * `folder` is written to. @throws Error when an answer is not the right one: a fast wrong answer is no figure.
 */
export async function decideFigures(folder: string, effort: Effort): Promise<readonly Figure[]> {
  mkdirSync(folder, { recursive: true });
  const bundles = { real: join(folder, "decide.cjs"), folder: join(folder, "decide-bench.cjs"), bare: join(folder, "bare.cjs") };
  await bundle({ entry: ENTRY, outfile: bundles.real, wire: "real" });
  await bundle({ entry: ENTRY, outfile: bundles.folder, wire: "folder" });
  await bundle({ entry: join(HERE, "bare.ts"), outfile: bundles.bare, wire: "real" });

  const issuer = await openIssuer(folder);
  writeFileSync(join(folder, KEYS_FILE), JSON.stringify(issuer.jwks()));
  const key = "0123456789abcdef0123456789abcdef";
  const { CLOCK_OFFSET_FILE: _clock, ...env } = stackEnv(
    {},
    {
      dynamodbEndpoint: "http://127.0.0.1:1",
      jwksUrl: `http://127.0.0.1:1/${KEYS_FILE}`,
      publicUrl: "https://events.example",
      eventKey: `local-1:${key}`,
      cursorKey: `local-2:${key}`,
      decisionKey: `local-3:${key}`,
      viewerKey: `local-4:${key}`,
      statementKey: "",
      clockOffsetFile: "",
    },
  );
  Object.assign(process.env, env, { BENCH_FOLDER: folder });
  const snapshots = new Map(SIZES.map((cards) => [cards, festival(cards, Date.now())]));
  for (const snapshot of snapshots.values()) publishInto(folder, snapshot);

  const token = await issuer.token({ role: "feed", ...people.feed });
  const events = new Map(SIZES.map((cards) => [cards, eventOf(cards, token)]));
  const handler: Handler = createRequire(import.meta.url)(bundles.folder).handler;

  return [
    ...(await warmFigures(handler, events, effort)),
    ...(await linearFigures(snapshots, effort)),
    ...shareFigures(snapshots.get(1_000) as Snapshot, effort),
    ...(await swapFigures(snapshots.get(10_000) as Snapshot)),
    ...coldFigures(folder, bundles, events, effort),
    { name: "decide_bundle_kib", value: statSync(bundles.real).size / 1024, must: atMost(40) },
  ];
}

/** As API Gateway sends it. */
function eventOf(cards: number, token: string) {
  const body = {
    surface: surfaceOf(cards),
    slots: 1,
    viewer: {
      key: "9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d",
      installedApps: ["tmall", "taobao"],
      os: "ios",
      region: "CN-SH",
      hostVersion: "8.0.50",
      segments: ["new-parent", "city-tier-1"],
    },
    session: "s1.brd_00000000000000000000000007~beauty-a.brd_00000000000000000000000021~beauty-b",
  };
  return {
    version: "2.0",
    routeKey: "POST /v1/decisions",
    rawPath: "/v1/decisions",
    rawQueryString: "",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json", "user-agent": "feed/1.0", host: "api.example" },
    requestContext: { http: { method: "POST", path: "/v1/decisions" }, requestId: "r", stage: "$default" },
    body: JSON.stringify(body),
    isBase64Encoded: false,
  };
}

async function warmFigures(handler: Handler, events: ReadonlyMap<number, ReturnType<typeof eventOf>>, effort: Effort): Promise<Figure[]> {
  // A brand's cards are opened when it is first drawn: what is measured is what comes after.
  const warm = async (cards: number) => {
    const event = events.get(cards) as object;
    const reply = checked(await handler(event, context));
    for (let n = 0; n < cards * 3; n++) await handler(event, context);
    return reply;
  };
  const call = (cards: number) => async (times: number) => {
    const event = events.get(cards) as object;
    for (let n = 0; n < times; n++) await handler(event, context);
  };
  const { card } = JSON.parse(await warm(1_000)).slots[0];
  const { body } = events.get(1_000) as ReturnType<typeof eventOf>;
  let length = 0;
  const floor = (times: number) => {
    for (let n = 0; n < times; n++) {
      JSON.parse(body);
      length += JSON.stringify(card).length;
    }
  };
  const whole = await inRounds(
    [
      { name: "floor", run: floor },
      { name: "1000", run: call(1_000) },
      { name: "1000 again", run: call(1_000) },
    ],
    effort,
  );
  if (length === 0) throw new Error("the floor wrote nothing");
  await warm(10);
  await warm(100_000);
  const sizes = await inRounds(
    [
      { name: "10", run: call(10) },
      { name: "100000", run: call(100_000) },
    ],
    effort,
  );
  return [
    { name: "decide_us", value: median(whole.get("1000") ?? []), must: () => true },
    { name: "decide_vs_itself", value: ratio(whole, "1000", "1000 again"), must: isControl },
    { name: "decide_vs_json_floor", value: ratio(whole, "1000", "floor"), must: atMost(2) },
    { name: "decide_slope", value: ratio(sizes, "100000", "10"), must: atMost(1.3) },
    { name: "decide_io", value: await callsOverWire(handler, events.get(1_000) as object), must: atMost(0) },
  ];
}

/** Calls over the wire of a thousand decisions, made in the second after everything was read. */
async function callsOverWire(handler: Handler, event: object): Promise<number> {
  const { wire } = globalThis as unknown as { readonly wire: Wire };
  const started = performance.now();
  while (performance.now() - started < 2_100) await new Promise((resolve) => setTimeout(resolve, 100));
  checked(await handler(event, context));
  const before = wire.calls;
  wire.isForbidden = true;
  for (let n = 0; n < 1_000; n++) checked(await handler(event, context));
  wire.isForbidden = false;
  return wire.calls - before;
}

/** The body of an answer with one card, whose token opens to that card. */
function checked({ statusCode, body }: Awaited<ReturnType<Handler>>): string {
  const [slot] = statusCode === 200 ? JSON.parse(body).slots : [];
  if (!slot?.card) throw new Error(`no card: ${statusCode} ${body}`);
  const placed = openToken(eventSigner(), "impression", slot.impressionUrl.slice(URL_HEAD.length), Date.now());
  if (placed.card !== slot.card.id || placed.brand !== slot.brand) throw new Error("the token is another card's");
  return body;
}

async function linearFigures(snapshots: ReadonlyMap<number, Snapshot>, effort: Effort): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [cards, limit] of [
    [10, 1 / 5],
    [1_000, 1 / 50],
  ] as const) {
    const serving = { snapshot: snapshots.get(cards) as Snapshot, switches: [] };
    const live = servingIndex(serving);
    const random = drawnFrom([1, cards]);
    const at = Date.now();
    let found = 0;
    const rounds = await inRounds(
      [
        {
          name: "index",
          run(times) {
            for (let n = 0; n < times; n++)
              if ("placement" in (decide(live(at), { slots: 1, at, apps: [], point: 0 }, random)[0] ?? {})) found++;
          },
        },
        {
          name: "linear",
          run(times) {
            for (let n = 0; n < times; n++) if (decideByAskingAll(serving, { at }, random)) found++;
          },
        },
      ],
      effort,
    );
    if (found === 0) throw new Error("nothing was decided");
    figures.push({ name: `decide_vs_linear_${cards}`, value: ratio(rounds, "index", "linear"), must: atMost(limit) });
  }
  return figures;
}

/** How far what is drawn is from every brand's equal share, and every card's by weight within it: total variation, and chi-square per degree of freedom. */
function shareFigures(snapshot: Snapshot, { draws }: Effort): Figure[] {
  const brands = snapshot.seasons.flatMap((season) => season.brands);
  const ideal = new Map(
    brands.flatMap(({ campaigns }) => {
      const weighed = campaigns.flatMap((campaign) => {
        const sum = campaign.cards.reduce((total, { weight }) => total + weight, 0);
        return campaign.cards.map(({ id, weight }) => [id, (campaign.weight * weight) / sum] as const);
      });
      const all = weighed.reduce((total, [, weight]) => total + weight, 0);
      return weighed.map(([id, weight]) => [id, weight / all / brands.length] as const);
    }),
  );
  const at = Date.now();
  const live = servingIndex({ snapshot, switches: [] })(at);
  const random = drawnFrom([618, 2024]);
  const drawn = new Map<string, number>();
  for (let n = 0; n < draws; n++) {
    const [answer] = decide(live, { slots: 1, at, apps: [], point: 0 }, random);
    if (!answer || !("placement" in answer)) throw new Error("a draw found nothing");
    const { id } = answer.placement.card;
    drawn.set(id, (drawn.get(id) ?? 0) + 1);
  }
  let [distance, chiSquare] = [0, 0];
  for (const [id, share] of ideal) {
    const difference = (drawn.get(id) ?? 0) - share * draws;
    distance += Math.abs(difference) / draws / 2;
    chiSquare += difference ** 2 / (share * draws);
  }
  const strangers = [...drawn.keys()].filter((id) => !ideal.has(id));
  if (strangers.length > 0) throw new Error(`drawn and not there: ${strangers[0]}`);
  return [
    // With fewer draws chance alone is farther off.
    { name: "share_distance", value: distance, must: atMost(draws < 1_000_000 ? 0.05 : 0.02) },
    { name: "share_chi_square_per_df", value: chiSquare / (ideal.size - 1), must: (value) => value > 0.8 && value < 1.2 },
  ];
}

/** The longest that the event loop stands still while a snapshot of 10,000 cards takes another's place and is first decided from. Milliseconds. */
async function swapFigures(snapshot: Snapshot): Promise<Figure[]> {
  const bytes = packSnapshot(snapshot);
  const longest: number[] = [];
  for (let round = 0; round < 9; round++) {
    await new Promise((resolve) => setImmediate(resolve));
    const started = performance.now();
    const at = Date.now();
    const live = servingIndex({ snapshot: unpackSnapshot(bytes), switches: [] })(at);
    const [answer] = decide(live, { slots: 1, at, apps: [], point: 0 }, drawnFrom([1, round]));
    longest.push(performance.now() - started);
    if (!answer || !("placement" in answer)) throw new Error("the new snapshot shows nothing");
  }
  return [{ name: "swap_block_ms", value: median(longest), must: atMost(20) }];
}

/** CPU time from the start of the process to its first answer, against a bundle that only answers. */
function coldFigures(
  folder: string,
  bundles: Readonly<Record<"folder" | "bare", string>>,
  events: ReadonlyMap<number, object>,
  { coldStarts }: Effort,
): Figure[] {
  const start = (path: string, event: string, wantsCard: boolean): number => {
    const printed = execFileSync(process.execPath, [join(HERE, "start-cold.cjs"), path, event], { encoding: "utf8", env: process.env });
    const { cpu, statusCode, card } = JSON.parse(printed);
    if (statusCode !== 200 || (wantsCard && !card)) throw new Error(`a cold start answered ${printed}`);
    return cpu;
  };
  const files = new Map(COLD_SIZES.map((cards) => [cards, join(folder, `event-${cards}.json`)]));
  for (const [cards, file] of files) writeFileSync(file, JSON.stringify(events.get(cards)));
  const [any = ""] = files.values();
  const ratios = new Map<string, number[]>();
  const add = (name: string, value: number) => ratios.set(name, [...(ratios.get(name) ?? []), value]);
  for (let round = 0; round < coldStarts; round++) {
    const bare = start(bundles.bare, any, false);
    for (const [cards, file] of files) add(`cold_decide_${cards}`, start(bundles.folder, file, true) / bare);
    add("cold_vs_itself", start(bundles.bare, any, false) / bare);
  }
  const of = (name: string) => median(ratios.get(name) ?? []);
  return [
    { name: "cold_vs_itself", value: of("cold_vs_itself"), must: isControl },
    { name: "cold_decide_1000", value: of("cold_decide_1000"), must: atMost(1.4) },
    { name: "cold_decide_10000", value: of("cold_decide_10000"), must: atMost(1.9) },
  ];
}
