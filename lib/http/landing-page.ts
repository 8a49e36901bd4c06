import { createHash } from "node:crypto";
import type { LandingWire } from "../contracts/events.ts";
import { LANDING_SCRIPT } from "./landing-script.ts";
import type { Language } from "./language.ts";
import type { Page } from "./respond.ts";

const STYLE = `body{margin:0;font:1rem/1.6 system-ui,sans-serif;color:#1a1a1a;background:#f6f6f6}
main{box-sizing:border-box;max-width:26rem;min-height:100vh;margin:auto;padding:4rem 1.5rem 1.5rem;display:flex;flex-direction:column;gap:1rem;text-align:center}
h1{margin:0;font-size:1.5rem;line-height:1.3}
p{margin:0}
.market{align-self:center;padding:.25rem 1rem;border-radius:1rem;color:#fff;background:#b3001b;font-weight:600}
.button,.plain{display:block;padding:.75rem 1rem;border-radius:.5rem;min-height:1.5rem}
.button{color:#fff;background:#b3001b;font-weight:600;text-decoration:none}
.plain{color:#1a1a1a}
a:focus-visible{outline:3px solid #0b57d0;outline-offset:2px}
nav{margin-top:auto;padding-top:2rem}
nav a{display:inline-block;padding:.75rem;color:#444}`;

const hashed = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;

/** The page may run and look as written here, tell us what came of it, and nothing else. */
const POLICY = [
  "default-src 'none'",
  `script-src ${hashed(LANDING_SCRIPT)}`,
  `style-src ${hashed(STYLE)}`,
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

interface Words {
  readonly tag: string;
  readonly heading: Readonly<Record<LandingWire["leadsTo"], string>>;
  readonly hint: string;
  readonly button: string;
  readonly web: string;
  readonly other: { readonly language: Language; readonly name: string };
}

const WORDS: Readonly<Record<Language, (marketplace: string) => Words>> = {
  zh: (name) => ({
    tag: "zh-CN",
    heading: { store: `去${name}逛这家店铺`, item: `去${name}看这件商品` },
    hint: "点按按钮打开 App；没有打开时，会改用网页。",
    button: `打开${name} App`,
    web: "用网页打开",
    other: { language: "en", name: "English" },
  }),
  en: (name) => ({
    tag: "en",
    heading: { store: `See this store on ${name}`, item: `See this item on ${name}` },
    hint: "Tap the button to open the app. If it does not open, you are taken to the web page.",
    button: `Open the ${name} app`,
    web: "Open the web page",
    other: { language: "zh", name: "中文" },
  }),
};

const escaped = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;").replaceAll("'", "&#39;");

/** The page before an app, where a host wants one: nothing of the request is in it. */
export function landingPage({ marketplace, leadsTo, app, web }: LandingWire, language: Language): Page {
  const name = marketplace[language];
  const { tag, heading, hint, button, web: webWords, other } = WORDS[language](name);
  const html = `<!doctype html>
<html lang="${tag}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(heading[leadsTo])}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="market">${escaped(name)}</p>
<h1>${escaped(heading[leadsTo])}</h1>
${app ? `<p>${hint}</p>\n<a id="app" class="button" href="${escaped(app.url)}" data-by="${app.by}" data-link="${escaped(app.link)}">${escaped(button)}</a>` : ""}
${web === null ? "" : `<a id="web" class="${app ? "plain" : "button"}" href="${escaped(web)}">${webWords}</a>`}
<nav><a id="other" href="?lang=${other.language}" hreflang="${other.language}" lang="${other.language}">${other.name}</a></nav>
</main>
<script>${LANDING_SCRIPT}</script>
</body>
</html>
`;
  return { html, policy: POLICY };
}
