import { followClick } from "../../../lib/app/follow-click.ts";
import { showLanding, tellLanding } from "../../../lib/app/landing.ts";
import { events } from "../../../lib/contracts/events.ts";
import { eventIds } from "../../../lib/deps/event-ids.ts";
import { hmacSigner } from "../../../lib/deps/signer.ts";
import type { Placed } from "../../../lib/domain/delivery-event.ts";
import { mintTokens, type Signer, spotText } from "../../../lib/domain/event-token.ts";
import { drawnFrom } from "../../../lib/domain/random.ts";
import { SYSTEMS } from "../../../lib/domain/targeting.ts";
import { endpoints, identifyNobody } from "../../../lib/http/endpoints.ts";
import { landingPage } from "../../../lib/http/landing-page.ts";
import type { Response } from "../../../lib/http/respond.ts";
import { wholeCatalogue } from "../routing-data.ts";

const DOMAIN = "go.gate.example";
const NOW = 1_716_206_400_000;
const ROUTES = ["GET /c/{token}", "GET /go/{token}", "POST /go/{token}/outcome"] as const;

const OLD_KEY = `k1:${"0123456789abcdef".repeat(2)}`;
const NEW_KEY = `k2:${"fedcba9876543210".repeat(2)}`;
const FOREIGN_KEY = `k2:${"00112233445566778899aabbccddeeff"}`;

/** All the addresses there are, written down here and nowhere read: each up to its end, so that nothing can stand before or behind. */
const ID = "[0-9]{1,20}";
const WEB_OF_TMALL = `https%3A%2F%2F(?:shop\\.m\\.taobao\\.com%2Fshop%2Fshop_index\\.htm%3Fshop_id|detail\\.tmall\\.com%2Fitem\\.htm%3Fid)%3D${ID}`;
const VALUE = "[A-Za-z0-9_.!~*'()%-]*";
const APPROVED = [
  `tmall://page\\.tm/(?:shop\\?shopId|itemDetail\\?itemId)=${ID}`,
  `tbopen://m\\.taobao\\.com/tbopen/index\\.html\\?action=ali\\.open\\.nav&module=h5&h5Url=${WEB_OF_TMALL}`,
  `https://shop\\.m\\.taobao\\.com/shop/shop_index\\.htm\\?shop_id=${ID}`,
  `https://detail\\.tmall\\.com/item\\.htm\\?id=${ID}`,
  `https://detail\\.m\\.tmall\\.com/item\\.htm\\?id=${ID}`,
  `intent://page\\.tm/(?:shop\\?shopId|itemDetail\\?itemId)=${ID}#Intent;scheme=tmall;package=com\\.tmall\\.wireless;S\\.browser_fallback_url=${WEB_OF_TMALL};end`,
  `intent://m\\.taobao\\.com/tbopen/index\\.html\\?action=ali\\.open\\.nav&module=h5&h5Url=${WEB_OF_TMALL}#Intent;scheme=tbopen;package=com\\.taobao\\.taobao;S\\.browser_fallback_url=${WEB_OF_TMALL};end`,
  `https://go\\.sundry\\.example/s/${ID}\\?c=${VALUE}`,
  `https://m\\.sundry\\.example/s/${ID}\\?cid=${VALUE}&t=[0-9]+`,
  `https://m\\.sundry\\.example/i/${ID}`,
  `intent://shop/s\\?id=${ID}#Intent;scheme=sundry;package=example\\.sundry;S\\.browser_fallback_url=https%3A%2F%2Fm\\.sundry\\.example%2Fs%2F${ID}%3Fcid%3D${VALUE};end`,
].map((form) => new RegExp(`^${form}$`));
/** Our own page, which takes what was just signed and nothing else. */
const PAGE = new RegExp(`^https://${DOMAIN.replaceAll(".", "\\.")}/go/`);

/** Stands in everything that is made up for the request, so that none of it may come back. */
const MARK = "evil";
const NASTY = [
  `https://${MARK}.example/`,
  `//${MARK}.example`,
  `https://tmall.com@${MARK}.example`,
  `https://tmall.com%2e${MARK}.example`,
  `javascript:alert('${MARK}')`,
  `../../${MARK}`,
  `%0d%0aLocation:%20https://${MARK}.example`,
  `\r\nlocation: https://${MARK}.example`,
  `"><script>${MARK}</script>`,
  `{webUrl}${MARK}`,
  `__CLICK_ID__${MARK}`,
  `${MARK}\u0000`,
  `${MARK}。ｔmall.com`,
  MARK.repeat(1_000),
] as const;

export interface Fuzz {
  readonly seed: number;
  readonly numbers: Iterable<number>;
  /** Spoils answers, to see that it is found. */
  readonly spoil?: (response: Response, event: FuzzedEvent) => Response;
}

interface FuzzedEvent {
  readonly routeKey: string;
  readonly queryStringParameters: Readonly<Record<string, string>>;
}

export interface Found {
  /** How many of each kind of request came to each end. */
  readonly counts: Readonly<Record<string, number>>;
  readonly violations: readonly { readonly number: number; readonly what: string }[];
}

/**
 * Requests with tokens that are ours, foreign, ended, mutated or made up, and with anything in query, headers and path, against the
 * handler of clicks: a `Location` is an approved address or there is none, and nothing made up comes back.
 */
export async function fuzzClicks({ seed, numbers, spoil = (response) => response }: Fuzz): Promise<Found> {
  const counts: Record<string, number> = {};
  const violations: { number: number; what: string }[] = [];
  const signers = [hmacSigner(OLD_KEY), hmacSigner(`${NEW_KEY},${OLD_KEY}`), hmacSigner(FOREIGN_KEY)] as const;
  const nothing = async () => undefined;
  const deps = {
    catalogue: wholeCatalogue(),
    signer: signers[1],
    eventIds,
    domain: DOMAIN,
    publicUrl: `https://${DOMAIN}`,
    now: () => NOW,
    switches: async () => [],
    recordClick: nothing,
    recordOutcome: nothing,
    identify: identifyNobody,
    log: () => undefined,
    writePage: landingPage,
  };
  const { click, landing, outcome } = events;
  const handle = endpoints(
    { click, landing, outcome },
    { click: followClick(deps), landing: showLanding(deps), outcome: tellLanding(deps) },
    deps,
  );

  for (const number of numbers) {
    const draw = drawnFrom([seed, number]);
    const { kind, token, isOurs } = tokenFrom(draw, signers);
    const event = eventFrom(draw, token);
    const response = spoil(await handle(event, { awsRequestId: "r" } as never), event);
    const what = faultIn(response, event, token, isOurs);
    if (what) violations.push({ number, what: `${kind}: ${what}` });
    const end = `${kind}, ${event.routeKey}: ${endOf(response)}`;
    counts[end] = (counts[end] ?? 0) + 1;
  }
  return { counts, violations };
}

type Draw = () => number;
const below = (draw: Draw, most: number) => Math.floor(draw() * most);
const oneOf = <T>(draw: Draw, some: readonly T[]): T => some[below(draw, some.length)] as T;

const digits = (draw: Draw) => Array.from({ length: 1 + below(draw, 20) }, () => below(draw, 10)).join("");

/** Anything that could ever have been signed, and much that could not. */
function placedFrom(draw: Draw): Placed {
  const isTmall = draw() < 0.5;
  const apps = isTmall ? ["tmall", "taobao"] : ["sundry", "sundry-lite"];
  return {
    decision: `dec_${below(draw, 1e9)}`,
    slot: below(draw, 10),
    surface: oneOf(draw, ["wechat-moments", "breeze-stream", "elsewhere", "__proto__"]),
    season: "618-2024",
    phase: "wave-1",
    brand: "brd_1",
    campaign: oneOf(draw, ["cmp_1", "cmp/1?x=y#z", "__CLICK_ID__", "{storeId}"]),
    card: "crd_1",
    marketplace: draw() < 0.03 ? oneOf(draw, ["none", "constructor", "__proto__"]) : isTmall ? "tmall" : "sundry",
    seasonCloses: NOW,
    destination: {
      kind: oneOf(draw, ["store", "item"]),
      id: draw() < 0.05 ? oneOf(draw, ["", "1/../2", "1@x", "１２", "1?x=1", "{webUrl}", "9".repeat(21)]) : digits(draw),
    },
    installedApps: apps.filter(() => draw() < 0.6),
    os: oneOf(draw, [...SYSTEMS, null]),
    hostVersion: oneOf(draw, ["", "1.9", "2", "3.1", "4.9", "5", "7.0.12", "8.0.50"]),
    lease: "",
  };
}

/** `isOurs`: it is one of ours that has not ended, as it was signed. */
function tokenFrom(draw: Draw, [old, current, foreign]: readonly [Signer, Signer, Signer]) {
  const mint = (signer: Signer, ends = NOW + 1) => {
    const { decision, slot, installedApps, os, hostVersion, lease, ...spot } = placedFrom(draw);
    return mintTokens(signer, spotText(spot), {
      decision,
      slot,
      installedApps,
      os,
      hostVersion,
      lease,
      impressionEnds: ends,
      clickEnds: ends,
    });
  };
  const of = (kind: string, token: string, isOurs = false) => ({ kind, token, isOurs });
  const which = draw();
  if (which < 0.3) return of("ours", mint(draw() < 0.5 ? old : current).click, true);
  if (which < 0.35) return of("ended", mint(current, NOW - below(draw, 1e9)).click);
  if (which < 0.4) return of("foreign", mint(foreign).click);
  if (which < 0.45) return of("impression", mint(current).impression);
  if (which < 0.85) {
    const whole = mint(current).click;
    const token = which < 0.5 ? spliced(draw, whole, mint(current).click) : mutated(draw, whole);
    return token === whole ? of("ours", token, true) : of(which < 0.5 ? "spliced" : "mutated", token);
  }
  if (which < 0.9) return of("empty", oneOf(draw, ["", ".", "v4", "v4.clk.", "........."]));
  return of("made up", oneOf(draw, NASTY) + (draw() < 0.5 ? `.${mint(current).click}` : ""));
}

/** One part of another token, which may be its signature. */
function spliced(draw: Draw, one: string, other: string): string {
  const [parts, others] = [one.split("."), other.split(".")];
  const at = below(draw, parts.length);
  return parts.with(at, others[at] ?? "").join(".");
}

function mutated(draw: Draw, token: string): string {
  const at = below(draw, token.length);
  const parts = token.split(".");
  const part = below(draw, parts.length);
  switch (below(draw, 7)) {
    case 0:
      return token.slice(0, at) + String.fromCharCode(token.charCodeAt(at) ^ (1 << below(draw, 7))) + token.slice(at + 1);
    case 1:
      return token.slice(0, at);
    case 2:
      return token.slice(0, at) + oneOf(draw, NASTY) + token.slice(at);
    case 3:
      return parts.toSpliced(part, 1).join(".");
    case 4:
      return parts.with(part, oneOf(draw, NASTY)).join(".");
    case 5:
      return parts.toSpliced(part, 0, parts[part] ?? "").join(".");
    default:
      return parts.with(part, Buffer.from(oneOf(draw, NASTY)).toString("base64url")).join(".");
  }
}

const NAMES = ["url", "u", "to", "redirect", "location", "lang", "token", "__proto__", "next"] as const;
const HEADERS = [
  "host",
  "x-forwarded-host",
  "x-forwarded-proto",
  "forwarded",
  "referer",
  "origin",
  "user-agent",
  "accept-language",
] as const;

function eventFrom(draw: Draw, token: string) {
  const routeKey = oneOf(draw, ROUTES);
  const some = (names: readonly string[]) => {
    const pairs: [string, string][] = [];
    for (let count = below(draw, 4); count > 0; count--) pairs.push([oneOf(draw, names), oneOf(draw, NASTY)]);
    return Object.fromEntries(pairs);
  };
  const isPost = routeKey.startsWith("POST");
  return {
    version: "2.0",
    routeKey,
    rawPath: draw() < 0.5 ? oneOf(draw, NASTY) : `/c/${token}`,
    rawQueryString: oneOf(draw, NASTY),
    pathParameters: { token, ...(draw() < 0.1 ? { url: oneOf(draw, NASTY) } : {}) },
    queryStringParameters: some(NAMES),
    headers: { ...some(HEADERS), ...(isPost ? { "content-type": "application/json" } : {}) },
    requestContext: { http: { sourceIp: oneOf(draw, ["203.0.113.7", ...NASTY]) } },
    ...(isPost
      ? { body: draw() < 0.7 ? '{"outcome":"lost","link":null}' : JSON.stringify({ outcome: oneOf(draw, NASTY), link: null }) }
      : {}),
  };
}

const locationOf = ({ headers = {} }: Response): string | undefined =>
  Object.entries(headers).flatMap(([name, value]) => (name.toLowerCase() === "location" ? [String(value)] : []))[0];

const endOf = (response: Response): string => {
  const location = locationOf(response);
  if (location === undefined) return `${response.statusCode}`;
  return `${response.statusCode} to ${PAGE.test(location) ? "our page" : location.startsWith("https:") ? "https" : location.slice(0, location.indexOf(":"))}`;
};

function faultIn(response: Response, { routeKey }: FuzzedEvent, token: string, isOurs: boolean): string | undefined {
  const { statusCode = 0, body = "", headers = {} } = response;
  const location = locationOf(response);
  if (statusCode >= 500) return `answered ${statusCode}`;
  if (location !== undefined) {
    const isPage = PAGE.test(location) && location === `https://${DOMAIN}/go/${token}`;
    if (!(isPage || APPROVED.some((form) => form.test(location)))) return `led to ${location}`;
    if (!isOurs || statusCode !== 302 || routeKey !== "GET /c/{token}") return `led on by a token that is not ours, or not by ${routeKey}`;
  }
  if (!isOurs && statusCode < 400) return `answered ${statusCode} to a token that is not ours`;
  if (`${body}${JSON.stringify(headers)}`.includes(MARK)) return "gave back what was made up";
  return undefined;
}
