import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import type { LandingWire } from "../../../lib/contracts/events.ts";
import { landingPage } from "../../../lib/http/landing-page.ts";
import { languageOf } from "../../../lib/http/language.ts";
import { anyText } from "../domain/any-text.ts";

const LANDING: LandingWire = {
  marketplace: { zh: "天猫", en: "Tmall" },
  leadsTo: "store",
  app: { url: "tmall://page.tm/shop?shopId=1&x=2", by: "scheme", link: "tmall-app" },
  web: "https://shop.example/?id=1&x=2",
};
const inside = (html: string, tag: string) => html.split(`<${tag}>`)[1]?.split(`</${tag}>`)[0] ?? "";

describe("the page before an app", () => {
  test("is in the reader's language and leads to the other", () => {
    const zh = landingPage(LANDING, "zh").html;
    expect(zh).toContain('<html lang="zh-CN">');
    expect(zh).toContain("<h1>去天猫逛这家店铺</h1>");
    expect(zh).toContain('href="?lang=en" hreflang="en" lang="en">English<');
    const en = landingPage({ ...LANDING, leadsTo: "item" }, "en").html;
    expect(en).toContain('<html lang="en">');
    expect(en).toContain("<h1>See this item on Tmall</h1>");
    expect(en).toContain('href="?lang=zh" hreflang="zh" lang="zh">中文<');
  });

  test("has both ways as links, which work without a script", () => {
    const { html } = landingPage(LANDING, "en");
    expect(html).toContain(
      '<a id="app" class="button" href="tmall://page.tm/shop?shopId=1&amp;x=2" data-by="scheme" data-link="tmall-app">',
    );
    expect(html).toContain('<a id="web" class="plain" href="https://shop.example/?id=1&amp;x=2">');
  });

  test("without an app has the web page as its button, and without the web page none", () => {
    const webAlone = landingPage({ ...LANDING, app: null }, "en").html;
    expect(webAlone).toContain('<a id="web" class="button"');
    expect(webAlone).not.toMatch(/id="app"|Tap the button/);
    expect(landingPage({ ...LANDING, web: null }, "en").html).not.toContain('id="web"');
  });

  test("is under 15 KB, and loads nothing", () => {
    const { html } = landingPage(LANDING, "zh");
    expect(Buffer.byteLength(html)).toBeLessThan(15_000);
    expect(html).not.toMatch(/\ssrc=|<link|@import|url\(/);
  });

  test("may run its own script and have its own style, and nothing else", () => {
    const { html, policy } = landingPage(LANDING, "zh");
    const hashOf = (text: string) => `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
    expect((policy ?? "").split("; ")).toEqual([
      "default-src 'none'",
      `script-src ${hashOf(inside(html, "script"))}`,
      `style-src ${hashOf(inside(html, "style"))}`,
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
    expect(html).not.toMatch(/\son\w+=|\sstyle=/);
  });

  test("stays the same page whatever names and addresses there are: each is text", () => {
    const tagsIn = (html: string) => html.match(/<\/?[a-z][^\s>]*/g);
    const plain = tagsIn(landingPage(LANDING, "en").html);
    const nasty = fc.oneof(anyText(), fc.constantFrom('"><script>alert(1)</script>', "' onclick='x", "</title>", "&lt;", "<!--"));
    fc.assert(
      fc.property(nasty, nasty, nasty, (name, url, web) => {
        const { html } = landingPage(
          { ...LANDING, marketplace: { zh: name, en: name }, app: { url, by: "scheme", link: name }, web },
          "en",
        );
        const attributes = [...html.replaceAll(/<script>[\s\S]*<\/script>/g, "").matchAll(/ (?:href|data-link)="([^"]*)"/g)].map(
          ([, value]) => value,
        );
        expect(attributes).toHaveLength(4);
        expect(tagsIn(html)).toEqual(plain);
      }),
    );
  });
});

describe("the language of a page", () => {
  test.each([
    ["", "zh"],
    ["en", "en"],
    ["en-GB,en;q=0.9", "en"],
    ["zh-CN,zh;q=0.9,en;q=0.8", "zh"],
    ["fr,en;q=0.5,zh;q=0.7", "zh"],
    ["fr, en ; q=0.8 , zh;q=0.7", "en"],
    ["EN-us", "en"],
    ["fr", "zh"],
    ["en;q=0", "zh"],
    ["english", "zh"],
    ["en;q=x,zh;q=0.1", "zh"],
    ["*", "zh"],
    [`${"a,".repeat(400)}en`, "zh"],
  ] as const)("for %j is %s", (header, language) => {
    expect(languageOf(header)).toBe(language);
  });
});
