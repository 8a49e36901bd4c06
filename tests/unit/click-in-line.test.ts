import { expect, test } from "@jest/globals";
import { clickInLine } from "../../scripts/local/click-in-line.ts";
import { impression } from "../support/samples.ts";

const click = impression({ kind: "click", link: "web" });
const line = (value: object) => JSON.stringify({ level: "error", event: "click-unrecorded", click: value });

test("a line as the function wrote it, and as a log store gives it, is its tap", () => {
  expect(clickInLine(line(click))).toEqual(click);
  expect(clickInLine(`2026-06-01T12:00:00.000Z\t${line(click)}`)).toEqual(click);
});

test.each(["", "not of ours", '{"event":"request"}'])("another line is passed over: %j", (other) => {
  expect(clickInLine(other)).toBeUndefined();
});

test.each([
  ["cut off", line(click).slice(0, -20)],
  ["an impression", line(impression())],
  ["without its decision", line({ ...click, decision: undefined })],
  ["with an instant that is none", line({ ...click, at: "now" })],
  ["of another event", '{"event":"other","of":"click-unrecorded"}'],
  ["that is a text", '"click-unrecorded"'],
])("a line %s is refused", (_, given) => {
  expect(clickInLine(given)).toBe("refused");
});
