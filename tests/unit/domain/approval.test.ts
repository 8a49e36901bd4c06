import { describe, expect, test } from "@jest/globals";
import { isApproved } from "../../../lib/domain/approval.ts";
import { MEANS } from "../../../lib/domain/destination.ts";

const ALLOWED = {
  origins: ["https://tmall.com", "https://m.tmall.com", "tmall://page.tm", "intent://page.tm"],
  packages: ["com.tmall.wireless"],
};
const intent = (over: Readonly<Record<string, string>> = {}) => {
  const all = {
    host: "page.tm",
    scheme: "tmall",
    package: "com.tmall.wireless",
    fallback: "https%3A%2F%2Ftmall.com%2F",
    end: ";end",
    ...over,
  };
  return `intent://${all.host}/shop?shopId=1#Intent;scheme=${all.scheme};package=${all.package};S.browser_fallback_url=${all.fallback}${all.end}`;
};

describe("what may be led to", () => {
  test.each([
    ["web", "https://tmall.com/shop?id=1"],
    ["universal-link", "https://m.tmall.com/"],
    ["app-link", "https://m.tmall.com/a/b"],
    ["scheme", "tmall://page.tm/shop?shopId=1"],
    ["intent", intent()],
  ] as const)("by %s: %s", (by, address) => {
    expect(isApproved(address, by, ALLOWED)).toBe(true);
    for (const other of MEANS.filter((each) => each !== by && !(address.startsWith("https:") && !["scheme", "intent"].includes(each))))
      expect(isApproved(address, other, ALLOWED)).toBe(false);
  });
});

describe("what may not, by any means", () => {
  test.each([
    "",
    "tmall.com",
    "//tmall.com",
    "http://tmall.com/",
    "https://evil.com/",
    "https://tmall.com.evil.com/",
    "https://eviltmall.com/",
    "https://www.tmall.com/",
    "https://tmall.com\\@evil.com",
    "https://tmall.com%2eevil.com/",
    "https://tmall.com./",
    "https://tmall.com:8443/",
    "https://tmall.com:443/",
    "https://user@tmall.com/",
    "https://user:word@tmall.com/",
    "https://ｔmall.com/",
    "https://tmall。com/",
    "https://tmаll.com/",
    "https://tmall.com",
    "https://TMALL.com/",
    "https://tmall.com/\tx",
    " https://tmall.com/",
    "https://tmall.com/a/../b",
    "https://tmall.com/#x",
    "javascript:alert(1)",
    "javascript://page.tm/%0aalert(1)",
    "data:text/html,x",
    "file://page.tm/etc",
    "tmall:page.tm",
    "tmall://page.tm:1/",
    "tmall://evil/",
    "tmall://user@page.tm/",
    "tmall://page.tm/#x",
    "TMALL://page.tm/",
    "intent://page.tm/shop",
    "intent://page.tm/shop#Intent;scheme=tmall;end",
  ])("%s", (address) => {
    for (const by of MEANS) expect([by, isApproved(address, by, ALLOWED)]).toEqual([by, false]);
  });

  test.each([
    ["another host", { host: "evil" }],
    ["another scheme", { scheme: "evil" }],
    ["a scheme of the browser's own", { scheme: "https", host: "tmall.com" }],
    ["a script", { scheme: "javascript" }],
    ["an intent inside the intent", { scheme: "intent" }],
    ["another app", { package: "com.evil" }],
    ["another page to fall back to", { fallback: "https%3A%2F%2Fevil.com%2F" }],
    ["an app to fall back to", { fallback: "tmall%3A%2F%2Fpage.tm%2F" }],
    ["a script to fall back to", { fallback: "javascript%3Aalert(1)" }],
    ["a word more", { end: ";component=x;end" }],
    ["no end", { end: "" }],
  ])("an intent with %s", (_name, over) => {
    expect(isApproved(intent(over), "intent", ALLOWED)).toBe(false);
  });
});

test("a scheme is no app's when it is the web's, a script's or a file's, even if it were approved", () => {
  for (const scheme of ["http", "https", "javascript", "data", "file", "blob", "about", "intent", "content", "view-source"])
    expect(isApproved(`${scheme}://page.tm/`, "scheme", { origins: [`${scheme}://page.tm`], packages: [] })).toBe(false);
});
