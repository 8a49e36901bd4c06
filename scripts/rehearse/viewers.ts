import { shippedCatalogue } from "../../lib/deps/catalogue.ts";
import { PHONE } from "../local/http-event.ts";
import type { InProcess, Reply } from "../local/in-process.ts";
import type { Agenda } from "./agenda.ts";
import { atMost } from "./at-most.ts";
import type { Burst } from "./crowd.ts";
import type { Answer, Slot } from "./judge.ts";
import type { Ledger, Placement } from "./ledger.ts";
import type { Measures } from "./measures.ts";
import type { Findings } from "./promises.ts";
import { type Random, randomOf } from "./random.ts";
import type { Timetable } from "./timetable.ts";
import type { VirtualClock } from "./virtual-clock.ts";

interface Deps {
  readonly call: InProcess["call"];
  /** Where the same functions answer over HTTP, once they do; undefined without HTTP. */
  readonly api: Promise<string> | undefined;
  readonly token: string;
  readonly clock: Pick<VirtualClock, "now" | "settle">;
  readonly agenda: Agenda;
  readonly ledger: Ledger;
  readonly findings: Findings;
  readonly measured: Measures;
  readonly judge: (answer: Answer) => void;
  readonly heard: (reply: Pick<Reply, "status" | "requestId">, at: number) => void;
  readonly times: Timetable;
  readonly seed: number;
  /** What every viewer's key begins with, and nothing else does. */
  readonly mark: string;
}

/** How often a placed card is seen, and a seen one tapped; and how often what is told is told twice, too late or out of order. Our own choice. */
const HABITS = { seen: 0.05, tapped: 0.2, tappedUnseen: 0.002, twice: 0.15, late: 0.02 } as const;
const SEEN_AFTER_MS = 4_000;
const TAPPED_AFTER_MS = 40_000;
const AT_ONCE = 8;
/** Over HTTP the clock runs on while a request is under way: nothing is told so shortly before it expires. */
const ANSWERED_WITHIN_MS = 10_000;
/** Clocks of two processes may differ by this much (reliability.md P1). Milliseconds. */
const SKEW_MS = 250;
const HOUR_MS = 3_600_000;

/** An impression or a click that a viewer's phone tells of. */
interface Told {
  readonly kind: "impression" | "click";
  readonly url: string;
  readonly placement: Placement;
  readonly expiresAt: number;
  readonly overHttp: boolean;
  /** A viewer of its own: whoever tells too much is not believed. */
  readonly agent: string;
}

/** The feed and its viewers: each asks, and some of them see and tap what they are given. */
export function viewers(deps: Deps) {
  const { clock, ledger, findings, measured, times } = deps;
  const surfaces = times.admissions.map(({ surface }) => surface);
  const clickMs = new Map(shippedCatalogue().surfaces.map(({ id, clickTokenSeconds }) => [id, clickTokenSeconds * 1_000]));
  const isApproved = approvedAddresses(times.marketplace);
  let sofar = 0;
  let owedOverHttp = 0;
  let isUp = false;
  deps.api?.then(
    () => {
      isUp = true;
    },
    // Whoever waits for it hears why.
    () => {},
  );

  const ask = async (surface: string, slots: number, viewer: number, api: string | undefined) => {
    const random = randomOf(deps.seed, 1_000 + viewer);
    const installedApps = ["tmall", "taobao"].filter(() => random.happens(0.5));
    const body = { surface, slots, viewer: { key: `${deps.mark}-${viewer}`, installedApps } };
    if (api) clock.settle();
    const began = performance.now();
    const asked = clock.now();
    const reply = api ? await askOverHttp(api, deps.token, body) : await deps.call("POST /v1/decisions", { as: deps.token, body });
    const took = performance.now() - began;
    if (!api) measured.latencies.push(took);
    deps.heard(reply, asked);
    findings.check("rules", asked, reply.requestId, reply.status !== 200 && `a decision was answered ${reply.status}`);
    if (reply.status !== 200) return undefined;
    const at = Date.parse(reply.body?.decidedAt);
    // serverless-offline answers 200 where a function could not be run.
    findings.check("rules", asked, reply.requestId, Number.isNaN(at) && `no decision: ${reply.text.slice(0, 200)}`, 0);
    if (Number.isNaN(at)) return undefined;
    const isThen = at >= asked - SKEW_MS && at <= asked + took + SKEW_MS;
    findings.check("wire", asked, reply.requestId, api && !isThen && `decided at ${iso(at)}, asked at ${iso(asked)}`, 0);
    const answer: Answer & { readonly slots: readonly Slot[] } = { at, requestId: reply.requestId, surface, slots: reply.body.slots };
    deps.judge(answer);
    measured.decided(at, answer.slots);
    return { answer, decision: reply.body.id as string, random };
  };

  /** What comes back of the cards that were placed, soon, late or never. */
  const follow = (burst: Follow, { answer, decision, random }: NonNullable<Awaited<ReturnType<typeof ask>>>, overHttp: boolean) => {
    for (const [index, slot] of answer.slots.entries()) {
      if (!("card" in slot)) continue;
      const destination = ledger.brands.get(slot.brand)?.cards.find(({ id }) => id === slot.card.id)?.destination ?? "";
      const placement: Placement = {
        brand: slot.brand,
        campaign: slot.card.campaign,
        card: slot.card.id,
        phase: slot.phase,
        destination,
        impression: false,
        click: undefined,
      };
      ledger.placements.set(`${decision}#${index}`, placement);
      const { clickGraceEnds } = times.instants;
      // A number: in letters by chance there is now and then a robot's name.
      const agent = `${PHONE} Viewer/${ledger.placements.size}`;
      const seen: Told = { kind: "impression", url: slot.impressionUrl, placement, expiresAt: Date.parse(slot.expiresAt), overHttp, agent };
      const expiresAt = Math.min(answer.at + (clickMs.get(answer.surface) ?? 0), clickGraceEnds);
      const tapped: Told = { kind: "click", url: slot.clickUrl, placement, expiresAt, overHttp, agent };
      const isSeen = random.happens(HABITS.seen);
      if (isSeen) tell(burst.seen, seen, random);
      if (isSeen ? random.happens(HABITS.tapped) : random.happens(HABITS.tappedUnseen)) tell(burst.tapped, tapped, random);
      if (random.happens(HABITS.late / 10)) later(random.of([seen, tapped]), random);
    }
  };

  const tell = (list: Told[], told: Told, random: Random) => {
    if (random.happens(HABITS.late)) later(told, random);
    else list.push(told, ...(random.happens(HABITS.twice) ? [told] : []));
  };

  /** Hours after, or when the address has expired. */
  const later = (told: Told, random: Random) => {
    const at = random.happens(0.5)
      ? told.expiresAt + 1_000
      : Math.max(clock.now() + 1, told.expiresAt - random.below(HOUR_MS / 20) - ANSWERED_WITHIN_MS);
    if (at < times.endsAt) deps.agenda.put(at, () => hear(told));
  };

  const hear = async (told: Told) => {
    const at = clock.now();
    if (told.overHttp) clock.settle();
    const reply = told.overHttp ? await followOverHttp(told) : await followInProcess(deps.call, told);
    deps.heard(reply, at);
    const { counts } = measured.at(at);
    const isExpired = at >= told.expiresAt;
    const due = isExpired ? 410 : told.kind === "impression" ? 204 : 302;
    findings.check("rules", at, reply.requestId, reply.status !== due && `${told.kind}: ${due} was due, and it was ${reply.status}`);
    if (reply.status === 204) {
      if (told.placement.impression) measured.totals.repeatedEvents += 1;
      else counts.impressions += 1;
      told.placement.impression = true;
    }
    if (reply.status === 410 && told.kind === "click") count(measured.links, "expired");
    if (reply.status === 302) {
      const form = isApproved(reply.location, told.placement.destination);
      findings.check("redirects", at, reply.requestId, form === undefined && `a click led to ${reply.location}`);
      if (told.placement.click === undefined) {
        counts.clicks += 1;
        count(measured.links, form ?? "unapproved");
      } else measured.totals.repeatedEvents += 1;
      told.placement.click ??= told.placement.impression ? "valid" : "no-impression";
    }
  };

  /** Both of a pair that is told twice may be under way at once; only what is told of one placement in turn has an order. */
  const hearAll = (list: readonly Told[]) => atMost(AT_ONCE, list, hear);

  const scroll = async (burst: Burst) => {
    const follows: Follow = { seen: [], tapped: [] };
    owedOverHttp += burst.overHttp;
    // A server takes its time to start: it is waited for when the first window opens, and what was owed until then is made up for.
    const api = owedOverHttp > 0 && (isUp || burst.at >= times.instants.opens) ? await deps.api : undefined;
    const numbers = Array.from({ length: burst.viewers }, () => sofar++);
    // The first finds whether the snapshot is fresh, and the rest do not have to.
    const [first, ...rest] = numbers;
    const one = async (viewer: number, overHttp: string | undefined) => {
      const surface = surfaces[viewer % surfaces.length] ?? "";
      const slots = burst.slots ?? 1 + (viewer % 3);
      const asked = await ask(surface, slots, viewer, overHttp);
      if (asked) follow(follows, asked, overHttp !== undefined);
      return asked?.answer;
    };
    const inProcess = first === undefined ? undefined : await one(first, undefined);
    await atMost(AT_ONCE, rest, (viewer) => one(viewer, undefined));
    for (; api && owedOverHttp > 0; owedOverHttp--) {
      // The same viewer as in process: a trial may hold one viewer and not another.
      const other = await one(first ?? sofar++, api);
      measured.totals.overHttp += 1;
      if (inProcess && other) compare(inProcess, other);
    }
    if (follows.seen.length > 0) deps.agenda.put(burst.at + SEEN_AFTER_MS, () => hearAll(follows.seen));
    if (follows.tapped.length > 0) deps.agenda.put(burst.at + TAPPED_AFTER_MS, () => hearAll(follows.tapped));
  };

  /** A card or none, and why none: the same here and there, as long as no window turned between the two. */
  const compare = (here: Answer, there: Answer) => {
    const window = (at: number) => times.phases.find(({ opensAt, closesAt }) => at >= opensAt + 250 && at < closesAt - 250)?.id;
    const kind = ({ slots: [slot] }: Answer) => (slot && "noAd" in slot ? slot.noAd.reason : "a card");
    const isComparable = window(here.at) === window(there.at);
    if (isComparable)
      findings.check("wire", there.at, there.requestId, kind(here) !== kind(there) && `${kind(there)} over HTTP, ${kind(here)} in process`);
  };

  return { scroll };
}

interface Follow {
  readonly seen: Told[];
  readonly tapped: Told[];
}

const iso = (at: number) => new Date(at).toISOString();

const count = (of: Record<string, number>, name: string) => {
  of[name] = (of[name] ?? 0) + 1;
};

async function askOverHttp(api: string, token: string, body: object) {
  const response = await fetch(`${api}/v1/decisions`, {
    method: "POST",
    headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const text = await response.text();
  const requestId = response.headers.get("x-request-id") ?? "over HTTP";
  return { status: response.status, requestId, text, body: text.startsWith("{") ? JSON.parse(text) : undefined };
}

async function followOverHttp({ url, agent }: Told) {
  const response = await fetch(url, { redirect: "manual", headers: { "user-agent": agent } });
  await response.body?.cancel();
  return { status: response.status, requestId: "over HTTP", location: response.headers.get("location") ?? "" };
}

async function followInProcess(call: InProcess["call"], { kind, url, agent }: Told) {
  const params = { token: url.split("/").at(-1) ?? "" };
  const { status, requestId, headers } = await call(kind === "impression" ? "GET /i/{token}" : "GET /c/{token}", {
    params,
    headers: { "user-agent": agent },
  });
  return { status, requestId, location: String(headers["location"] ?? "") };
}

/** Names the link form that an address is of, for a destination; undefined when it is of none. The forms are data: resources/marketplaces. */
function approvedAddresses(marketplace: string) {
  const links = shippedCatalogue().marketplace(marketplace)?.links;
  const forms = [...(links?.store ?? []), ...(links?.item ?? [])].map(({ id, url }) => ({ id, origin: originOf(url) }));
  return (location: string, destination: string): string | undefined =>
    decodeURIComponent(location).includes(`=${destination}`)
      ? forms.findLast(({ origin }) => origin === originOf(location))?.id
      : undefined;
}

/** `new URL().origin` is "null" for the schemes of apps. */
function originOf(url: string): string {
  const { protocol, host } = new URL(url.replaceAll(/[{}]/g, ""));
  return `${protocol}//${host}`;
}
