import type { InvalidReason } from "../../lib/domain/delivery-event.ts";
import type { System } from "../../lib/domain/targeting.ts";
import { seeded } from "../../scripts/local/seeded.ts";

/** A tap, labelled by who made it: phones of people as browsers and hosts' apps name them, and machines as they name themselves. */
interface Tap {
  readonly address: string;
  readonly userAgent: string;
  readonly os: System | null;
  /** How long after its impression. Milliseconds. */
  readonly tapMs: number;
}

const random = seeded(618);
const below = (n: number) => Math.floor(random() * n);
const oneOf = <T>(items: readonly T[]): T => items[below(items.length)] as T;

/** Blocks of carriers and homes: China Mobile, Unicom, Telecom, and documentation ranges. */
const HOMES = ["223.104", "117.136", "39.144", "112.96", "116.2", "101.80", "180.160", "61.170", "124.64", "192.0"];
const homeAddress = () =>
  random() < 0.2
    ? `2409:8a${below(100).toString().padStart(2, "0")}::${below(65_536).toString(16)}`
    : `${oneOf(HOMES)}.${below(256)}.${below(256)}`;

const HOST = () =>
  oneOf([
    `MicroMessenger/8.0.${below(60)}(0x180032${below(90) + 10}) NetType/WIFI Language/zh_CN`,
    "Weibo (iPhone14,5)",
    "AliApp(TB/10.30.10)",
    "BytedanceWebview/d8a21c6",
    "",
  ]);
const ios = () =>
  random() < 0.1
    ? `Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/${14 + below(4)}.${below(6)} Safari/605.1.15`
    : `Mozilla/5.0 (${oneOf(["iPhone; CPU iPhone OS", "iPad; CPU OS"])} ${14 + below(5)}_${below(6)} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 ${HOST()}`;
const android = () =>
  `Mozilla/5.0 (Linux; Android ${8 + below(7)}; ${oneOf(["23127PN0CC", "V2309A", "PJF110", "SM-S9180", "MI 8", "ALN-AL00"])} Build/UKQ1.${below(9)}) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/${90 + below(40)}.0.${below(6000)}.0 Mobile Safari/537.36 ${HOST()}`;
const harmony = () =>
  random() < 0.5
    ? `Mozilla/5.0 (Phone; OpenHarmony ${4 + below(2)}.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.${below(9)}.1 Mobile`
    : `Mozilla/5.0 (Linux; Android 10; HarmonyOS; LYA-AL00; HMSCore 6.${below(14)}.0.302) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0 Mobile Safari/537.36`;
const AGENTS = { ios, android, harmonyos: harmony } as const satisfies Record<System, () => string>;
const SYSTEMS = ["ios", "android", "harmonyos"] as const;

function person(): Tap {
  const os = oneOf(SYSTEMS);
  return { address: homeAddress(), userAgent: AGENTS[os](), os: random() < 0.1 ? null : os, tapMs: 300 + below(60_000) };
}

const BOTS = [
  "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
  "Mozilla/5.0 (Linux; Android 6.0.1; Nexus 5X) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99.0 Mobile Safari/537.36 (compatible; Googlebot/2.1)",
  "Mozilla/5.0 (compatible; Baiduspider/2.0; +http://www.baidu.com/search/spider.html)",
  "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
  "Sogou web spider/4.0(+http://www.sogou.com/docs/help/webmasters.htm#07)",
  "Mozilla/5.0 (Linux; Android 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Mobile Safari/537.36 (compatible; Bytespider)",
  "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/120.0 Safari/537.36",
  "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
  "curl/8.5.0",
  "python-requests/2.31.0",
  "Go-http-client/1.1",
  "okhttp/4.9.0",
  "Apache-HttpClient/4.5.14 (Java/17)",
];
const CENTRES = ["3.80", "34.65", "35.186", "47.89", "47.100", "43.135", "119.28", "104.131", "144.76", "51.68"];

type Labelled = Tap & { readonly reason: InvalidReason };
const MACHINES: readonly (() => Labelled)[] = [
  () => ({ ...person(), userAgent: oneOf(BOTS), reason: "bot" }),
  () => ({ ...person(), userAgent: oneOf(["", "-", "WeChat", "Mozilla", "Opera/9.80 (J2ME)", "test"]), reason: "no-agent" }),
  () => {
    const os = oneOf(SYSTEMS);
    return { ...person(), os, userAgent: os === "ios" ? android() : ios(), reason: "agent-mismatch" };
  },
  () => ({ ...person(), address: `${oneOf(CENTRES)}.${below(256)}.${below(256)}`, reason: "data-centre" }),
  () => ({ ...person(), tapMs: below(300), reason: "too-fast" }),
];

export const CORPUS: { readonly clean: readonly Tap[]; readonly invalid: readonly Labelled[] } = {
  clean: Array.from({ length: 10_000 }, person),
  invalid: Array.from({ length: 2_000 }, () => oneOf(MACHINES)()),
};
