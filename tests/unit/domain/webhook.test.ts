import { describe, expect, test } from "@jest/globals";
import { advanced, begun, isTaken, postponed, RETRY_WAITS, webhookUrl, wordsFor } from "../../../lib/domain/webhook.ts";

const AT = Date.parse("2026-06-01T00:00:00Z");

describe("an address", () => {
  test.each([
    ["https://hooks.lanmo.cn/seasongate", "https://hooks.lanmo.cn/seasongate"],
    ["https://hooks.lanmo.cn:443/a?b=c", "https://hooks.lanmo.cn/a?b=c"],
    ["HTTPS://Hooks.Lanmo.CN", "https://hooks.lanmo.cn/"],
    ["https://蓝墨.中国/", "https://xn--2osr24h.xn--fiqs8s/"],
  ])("%s is kept as %s", (text, href) => {
    expect(webhookUrl(text, { loopback: false })).toBe(href);
  });

  test.each([
    "http://hooks.lanmo.cn/",
    "ftp://hooks.lanmo.cn/",
    "file:///etc/passwd",
    "javascript:alert(1)",
    "https://hooks.lanmo.cn:8443/",
    "https://hooks.lanmo.cn:80/",
    "https://ann@hooks.lanmo.cn/",
    "https://ann:secret@hooks.lanmo.cn/",
    "https://hooks.lanmo.cn./",
    "https://hooks.lanmo.cn/#fragment",
    "https://hooks.lanmo.cn\\@evil.example/",
    "https:\\\\hooks.lanmo.cn/",
    "//hooks.lanmo.cn/",
    "hooks.lanmo.cn",
    "https://",
    "https://hooks/",
    "https://hooks_1.lanmo.cn/",
    "https://-hooks.lanmo.cn/",
    "https://lanmo.123/",
    `https://hooks.lanmo.cn/${"a".repeat(500)}`,
    "",
  ])("%s is not sent to", (text) => {
    expect(webhookUrl(text, { loopback: false })).toBeUndefined();
    expect(webhookUrl(text, { loopback: true })).toBeUndefined();
  });

  test("on the machine itself is for the local stack alone, in one spelling, with its port", () => {
    expect(webhookUrl("http://127.0.0.1:4010/hook", { loopback: true })).toBe("http://127.0.0.1:4010/hook");
    for (const text of [
      "http://localhost:4010/",
      "http://127.0.0.1/",
      "http://127.0.0.2:4010/",
      "https://127.0.0.1:4010/",
      "http://[::1]:4010/",
    ])
      expect(webhookUrl(text, { loopback: true })).toBeUndefined();
    expect(webhookUrl("http://127.0.0.1:4010/hook", { loopback: false })).toBeUndefined();
  });
});

describe("a change that could not be delivered", () => {
  test("is tried again after 30 s, 2 min, 10 min, 1 h and 6 h, and then no more", () => {
    let progress = begun(7);
    for (const wait of [30_000, 120_000, 600_000, 3_600_000, 21_600_000]) {
      const later = postponed(progress, { status: 500 }, { at: AT, random: 0 });
      expect(later).toEqual({ cursor: 7, failures: progress.failures + 1, dueAt: AT + wait, version: progress.version + 1 });
      progress = later ?? progress;
    }
    expect(postponed(progress, { status: 500 }, { at: AT, random: 0 })).toBeUndefined();
    expect(RETRY_WAITS).toHaveLength(5);
  });

  test("waits by chance up to a fifth longer, never shorter", () => {
    expect(postponed(begun(0), { fault: "timeout" }, { at: AT, random: 0.5 })?.dueAt).toBe(AT + 33_000);
    expect(postponed(begun(0), { fault: "timeout" }, { at: AT, random: 0.999_999 })?.dueAt).toBe(AT + 35_999);
  });

  test("is not tried again where it is answered that nobody is there any more", () => {
    expect(postponed(begun(0), { status: 410 }, { at: AT, random: 0 })).toBeUndefined();
  });

  test("starts anew once it was delivered", () => {
    const late = postponed(begun(3), { status: 503 }, { at: AT, random: 0 });
    expect(late && advanced(late, 4)).toEqual({ cursor: 4, failures: 0, dueAt: 0, version: 3 });
  });
});

test("any 2xx is taken, and nothing else", () => {
  for (const status of [200, 201, 204, 299]) expect(isTaken({ status })).toBe(true);
  for (const status of [0, 100, 199, 300, 301, 302, 307, 400, 410, 500]) expect(isTaken({ status })).toBe(false);
  expect(isTaken({ fault: "timeout" })).toBe(false);
  expect([wordsFor({ status: 502 }), wordsFor({ fault: "tls-failed" })]).toEqual(["status-502", "tls-failed"]);
});
