import { expect, test } from "@jest/globals";
import { marksUnder } from "../../../lib/deps/viewer-marks.ts";

const mark = marksUnder("k1:0123456789abcdef0123456789abcdef");

test("a viewer's mark is the same all through a rotation, whatever the key is called, and says nothing of the viewer", () => {
  expect(marksUnder("k2:0123456789abcdef0123456789abcdef")("s", 1, "openid-1")).toBe(mark("s", 1, "openid-1"));
  expect(mark("s", 1, "openid-1")).toMatch(/^[\w-]{43}$/);
});

test("is another in another rotation or season, of another viewer and under another key", () => {
  const marks = [
    mark("s", 1, "openid-1"),
    mark("s", 2, "openid-1"),
    mark("s2", 1, "openid-1"),
    mark("s", 1, "openid-2"),
    marksUnder("k1:fedcba9876543210fedcba9876543210")("s", 1, "openid-1"),
  ];
  expect(new Set(marks).size).toBe(marks.length);
});

test("stays the same when more keys were asked for than are kept", () => {
  const first = mark("s", 1, "openid-1");
  for (let rotation = 0; rotation < 50; rotation++) mark("s", rotation, "openid-1");
  expect(mark("s", 1, "openid-1")).toBe(first);
});
