import { describe, expect, test } from "@jest/globals";
import { type Signs, tapReason, trafficReason } from "../../../lib/domain/traffic.ts";
import { PHONE } from "../../../scripts/local/http-event.ts";

const ANDROID =
  "Mozilla/5.0 (Linux; Android 14; 23127PN0CC Build/UKQ1) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/122.0 Mobile Safari/537.36 MicroMessenger/8.0.49";
const OPEN_HARMONY =
  "Mozilla/5.0 (Phone; OpenHarmony 5.0) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/114.0.0.0 Safari/537.36 ArkWeb/4.1.6.1 Mobile";
const HARMONY_AS_ANDROID =
  "Mozilla/5.0 (Linux; Android 10; HarmonyOS; LYA-AL00) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/99 Mobile Safari/537.36";
const IPAD = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15";
const WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/122.0 Safari/537.36";
const DALVIK = "Dalvik/2.1.0 (Linux; U; Android 13; 2201123C Build/TKQ1)";
const DARWIN = "WeChat/8.0.50.31 CFNetwork/1490.0.4 Darwin/23.2.0";
const signs = (changes: Partial<Signs> = {}): Signs => ({ agent: PHONE, isBot: false, isDataCentre: false, recent: 1, ...changes });

test.each([
  ["a phone in its host's app", {}, null],
  ["a bot, whatever else", { isBot: true, agent: "", isDataCentre: true }, "bot"],
  ["no agent", { agent: "" }, "no-agent"],
  ["an agent that is no browser", { agent: "Wget/1.2" }, "no-agent"],
  ["a phone of another system", { agent: ANDROID }, "agent-mismatch"],
  ["a data centre", { isDataCentre: true }, "data-centre"],
  ["sixty taps a minute", { recent: 60 }, null],
  ["the sixty-first", { recent: 61 }, "too-many"],
] as const)("a tap of %s: %#", (_, changes, reason) => {
  expect(trafficReason("click", signs(changes), "ios")).toBe(reason);
});

test.each([
  ["impression", null],
  ["viewable", null],
  ["sub-second", null],
  ["click", "no-agent"],
  ["outcome", "no-agent"],
] as const)("a phone's own library may tell an %s: %s", (kind, reason) => {
  for (const [agent, os] of [
    [DALVIK, "android"],
    [DARWIN, "ios"],
  ] as const)
    expect(trafficReason(kind, signs({ agent }), os)).toBe(reason);
});

test("a viewer sees more than it taps", () => {
  expect(trafficReason("impression", signs({ recent: 600 }), "ios")).toBeNull();
  expect(trafficReason("impression", signs({ recent: 601 }), "ios")).toBe("too-many");
});

describe("an agent is", () => {
  test.each([
    ["ios", IPAD],
    ["ios", PHONE],
    ["android", ANDROID],
    ["android", HARMONY_AS_ANDROID],
    ["harmonyos", HARMONY_AS_ANDROID],
    ["harmonyos", OPEN_HARMONY],
    [null, WINDOWS],
  ] as const)("of %s: %s", (os, agent) => {
    expect(trafficReason("click", signs({ agent }), os)).toBeNull();
  });

  test.each([
    ["ios", ANDROID],
    ["ios", OPEN_HARMONY],
    ["ios", WINDOWS],
    ["android", PHONE],
    ["android", WINDOWS],
    ["harmonyos", IPAD],
  ] as const)("not of %s: %s", (os, agent) => {
    expect(trafficReason("click", signs({ agent }), os)).toBe("agent-mismatch");
  });
});

test.each([
  [undefined, "no-impression"],
  [1_000, null],
  [1_001, "too-fast"],
  [1_300, "too-fast"],
  [2_000, "too-fast"],
] as const)("a tap at 1300 after an impression at %s: %s", (shownAt, reason) => {
  expect(tapReason(1_300, shownAt)).toBe(reason);
});
