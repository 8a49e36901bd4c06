import { eventSigner } from "../../../lib/deps/signer.ts";
import type { Placed, Showing } from "../../../lib/domain/delivery-event.ts";
import type { Counters } from "../../../lib/domain/tally.ts";
import type { Request } from "../../../scripts/local/http-event.ts";
import type { Caller } from "../../../scripts/local/in-process.ts";
import { tokensOf } from "../../unit/domain/fixtures.ts";

export const SURFACE = "wechat-moments";
const HOUR_MS = 3_600_000;
const BATCH = 50;
/** The app's way in, for whom it is installed. */
const LINK = "tmall-app";

/** One call of a phone or a feed's server. */
export interface Telling {
  readonly route: string;
  readonly request: Request & { readonly as?: Caller };
  readonly answered: number;
}

/** What is told, in waves, each after the one before; and what is to be counted of it. */
export interface Plan {
  readonly season: string;
  readonly waves: readonly (readonly Telling[])[];
  /** Calls and batched events, repetitions included. */
  readonly told: number;
  /** Names of counters, one for each distinct id. */
  readonly due: readonly string[];
}

/** How a card's impression is told: by the phone, by the feed's server before or after the tap, or by nobody. */
type Way = "pixel" | "batch" | "batch-later" | "nobody";

export function planOf(random: () => number, run: string, events: number): Plan {
  const season = `counts-${run}`;
  const pixels: Telling[] = [];
  const early: Telling[] = [];
  const taps: Telling[] = [];
  const batched: Record<"batch" | "batch-later", { token: string; event: Showing; at: string }[]> = { batch: [], "batch-later": [] };
  const due: string[] = [];
  let told = 0;

  const often = (list: Telling[], telling: Telling) => {
    const times = random() < 0.2 ? 2 + Math.floor(random() * 3) : 1;
    for (let n = 0; n < times; n++) list.push(telling);
    told += times;
  };

  for (let n = 0; told < events; n++) {
    const decidedAt = Date.now() - 60_000 - Math.floor(random() * 120_000);
    const isLate = random() < 0.1;
    const placed = placedIn(season, { n, decidedAt, run, isLate, random });
    const tokens = tokensOf(eventSigner(), placed, Date.now() + HOUR_MS);
    const address = `10.${n % 250}.${Math.floor(n / 250) % 250}.1`;
    const draw = random();
    const way: Way = draw < 0.5 ? "pixel" : draw < 0.75 ? "batch" : draw < 0.9 ? "batch-later" : "nobody";
    const kinds: readonly Showing[] = way === "nobody" ? [] : random() < 0.3 ? ["impression", "viewable"] : ["impression"];
    for (const kind of kinds) {
      due.push(`${isLate ? "late-" : ""}${kind}s`);
      if (way === "pixel")
        often(pixels, {
          route: "GET /i/{token}",
          request: { params: { token: tokens.impression }, query: { event: kind }, address },
          answered: 204,
        });
      if (way === "pixel" && random() < 0.9) continue;
      // Some of what the phones told their host's server tells as well.
      const list = batched[way === "batch-later" ? "batch-later" : "batch"];
      const times = random() < 0.2 ? 2 : 1;
      for (let time = 0; time < times; time++)
        list.push({ token: tokens.impression, event: kind, at: new Date(decidedAt + 500).toISOString() });
      told += times;
    }
    if (random() < (way === "nobody" ? 1 : 0.4)) {
      const tap = { route: "GET /c/{token}", request: { params: { token: tokens.click }, address }, answered: 302 };
      often(way === "batch-later" ? early : taps, tap);
      if (way === "nobody") due.push("invalid-clicks:no-impression");
      else due.push(isLate ? "late-clicks" : "clicks", `links:${LINK}:ios`);
    }
  }
  const waves = [pixels, batchesOf(batched.batch, random, `${run}-a`), early, batchesOf(batched["batch-later"], random, `${run}-b`), taps];
  return { season, waves, told, due };
}

/** How often each counter is due. */
export function dueOf({ due }: Plan): Counters {
  const counts: Record<string, number> = {};
  for (const name of due) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

function batchesOf(events: readonly object[], random: () => number, name: string): readonly Telling[] {
  const batches: Telling[] = [];
  for (let from = 0; from < events.length; from += BATCH) {
    // The next batch begins before this one ends.
    const body = { batch: `${name}-${from}`, events: events.slice(from, from + BATCH + 5) };
    for (let times = random() < 0.3 ? 2 : 1; times > 0; times--)
      batches.push({ route: "POST /v1/impressions", request: { as: "feed", body }, answered: 200 });
  }
  return batches;
}

interface Drawn {
  readonly n: number;
  readonly decidedAt: number;
  readonly run: string;
  readonly isLate: boolean;
  readonly random: () => number;
}

function placedIn(season: string, { n, decidedAt, run, isLate, random }: Drawn): Placed {
  const brand = Math.floor(random() * 8);
  return {
    decision: `dec_v3.${decidedAt.toString(36)}.${run}-${n}`,
    slot: n % 3,
    surface: SURFACE,
    season,
    phase: "wave-1",
    brand: `brd_${brand}`,
    campaign: `cmp_${brand}`,
    card: `crd_${brand}_${Math.floor(random() * 3)}`,
    marketplace: "tmall",
    seasonCloses: isLate ? decidedAt - HOUR_MS : Date.now() + HOUR_MS,
    destination: { kind: "store", id: "990000000001" },
    installedApps: ["tmall"],
    os: "ios",
    hostVersion: "8.0.50",
    lease: "",
  };
}
