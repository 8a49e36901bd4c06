import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import chromium from "@sparticuz/chromium";
import type { APIGatewayProxyStructuredResultV2, Context } from "aws-lambda";
import { type Browser, chromium as playwright } from "playwright-core";
import { showLanding, tellLanding } from "../../lib/app/landing.ts";
import { events } from "../../lib/contracts/events.ts";
import { shippedCatalogue } from "../../lib/deps/catalogue.ts";
import { eventIds } from "../../lib/deps/event-ids.ts";
import { hmacSigner } from "../../lib/deps/signer.ts";
import { mintTokens, spotText } from "../../lib/domain/event-token.ts";
import { endpoints, identifyNobody } from "../../lib/http/endpoints.ts";
import { landingPage } from "../../lib/http/landing-page.ts";
import { httpEvent } from "../../scripts/local/http-event.ts";
import { placed } from "../unit/domain/fixtures.ts";

const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)";
const PHONES = {
  ios: `${IPHONE} Version/17.4 Mobile/15E148 Safari/604.1`,
  android: "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/147.0.0.0 Mobile Safari/537.36",
  wechat: `${IPHONE} Mobile/15E148 MicroMessenger/8.0.50(0x18003233) NetType/WIFI Language/zh_CN`,
};
const WEB = "https://shop.m.taobao.com/shop/shop_index.htm?shop_id=990000000001";
const STARTS_WITHIN_MS = 60_000;
/** The page waits 2.5 s for an app. */
const FALLS_WITHIN_MS = 10_000;

/** The page and the outcome's address through the handler that ships, but for where outcomes are recorded. */
function site(outcomes: unknown[]) {
  const signer = hmacSigner("k1:0123456789abcdef0123456789abcdef");
  const now = Date.now;
  const base = { now, log: () => undefined, identify: identifyNobody };
  const deps = { ...base, signer, eventIds, catalogue: shippedCatalogue(), switches: async () => [], domain: "gate.test" };
  const { landing, outcome } = events;
  const handler = endpoints(
    { landing, outcome },
    {
      landing: showLanding(deps),
      outcome: tellLanding({ ...deps, recordOutcome: async (_placed, { outcome, link }) => void outcomes.push({ outcome, link }) }),
    },
    { ...base, writePage: landingPage },
  );
  const { decision, slot, installedApps, os, hostVersion, lease, ...spot } = placed();
  const ends = now() + 3_600_000;
  const placing = { decision, slot, installedApps, os, hostVersion, lease, impressionEnds: ends, clickEnds: ends };
  const { click: token } = mintTokens(signer, spotText(spot), placing);
  const server = createServer(async (request, response) => {
    const [path = "", query = ""] = String(request.url).split("?");
    const isTold = path.endsWith("/outcome");
    const event = httpEvent(isTold ? "POST /go/{token}/outcome" : "GET /go/{token}", {
      params: { token: path.split("/")[2] ?? "" },
      query: Object.fromEntries(new URLSearchParams(query)),
      ...(isTold ? { rawBody: await text(request) } : {}),
      headers: Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)])),
    });
    const answer = (await handler(event, { awsRequestId: "e2e" } as Context)) as APIGatewayProxyStructuredResultV2;
    response.writeHead(answer.statusCode ?? 500, answer.headers as Record<string, string>).end(answer.body);
  });
  return { server, path: `/go/${token}` };
}

describe("the page before an app, in a browser", () => {
  const outcomes: unknown[] = [];
  const { server, path } = site(outcomes);
  let browser: Browser;
  let address = "";

  beforeAll(async () => {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`;
    // In one process the whole browser would go with the first page that is closed.
    const args = chromium.args.filter((arg) => arg !== "--single-process");
    browser = await playwright.launch({ executablePath: await chromium.executablePath(), args, headless: true });
  }, STARTS_WITHIN_MS);
  afterAll(async () => {
    await browser.close();
    server.close();
  });

  /** The page on a phone that has no network but ours: the web pages of marketplaces are empty, and are said by `left`. */
  async function opened(userAgent: string, locale = "zh-CN") {
    outcomes.length = 0;
    const context = await browser.newContext({ userAgent, locale, viewport: { width: 320, height: 568 } });
    const left: string[] = [];
    const complaints: string[] = [];
    await context.route(/^https:/, async (route) => {
      left.push(route.request().url());
      await route.fulfill({ body: "" });
    });
    const page = await context.newPage();
    page.on("console", (message) => complaints.push(message.text()));
    await page.goto(address);
    return { page, left, complaints, close: () => context.close() };
  }

  describe.each(Object.entries(PHONES))("of %s", (_name, userAgent) => {
    test(
      "nothing happens without a tap; after one that no app answers the web page is taken, once, and it is told",
      async () => {
        const { page, left, complaints, close } = await opened(userAgent);
        await page.waitForTimeout(500);
        expect([left, outcomes]).toEqual([[], []]);
        await page.click("#app");
        await page.waitForURL(WEB, { timeout: FALLS_WITHIN_MS });
        expect(left).toEqual([WEB]);
        expect(outcomes).toEqual([{ outcome: "fell-to-web", link: "tmall-app" }]);
        expect(complaints.filter((each) => !/tmall:/.test(each))).toEqual([]);
        await close();
      },
      FALLS_WITHIN_MS * 2,
    );

    test(
      "once the app has come in front the web page is never taken",
      async () => {
        const { page, left, close } = await opened(userAgent);
        await page.click("#app");
        await page.evaluate(`
          Object.defineProperty(document, "visibilityState", { get: () => "hidden" });
          document.dispatchEvent(new Event("visibilitychange"));
        `);
        await page.waitForTimeout(4_500);
        expect([left, outcomes]).toEqual([[], [{ outcome: "opened-app", link: "tmall-app" }]]);
        await close();
      },
      FALLS_WITHIN_MS * 2,
    );
  });

  test("it fits a small phone, and is walked through by keyboard, in either language", async () => {
    for (const [locale, language, button] of [
      ["zh-CN", "zh-CN", "打开天猫 App"],
      ["en-GB", "en", "Open the Tmall app"],
    ] as const) {
      const { page, close } = await opened(PHONES.wechat, locale);
      expect(await page.getAttribute("html", "lang")).toBe(language);
      expect(await page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")).toBe(true);
      const reached: unknown[] = [];
      for (let presses = 0; presses < 3; presses++) {
        await page.keyboard.press("Tab");
        reached.push(await page.evaluate("document.activeElement.id"));
      }
      expect(reached).toEqual(["app", "web", "other"]);
      expect(await page.textContent("#app")).toBe(button);
      await close();
    }
  });
});
