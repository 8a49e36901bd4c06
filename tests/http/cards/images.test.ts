import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { chunk, plainPng } from "../../../scripts/local/plain-images.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { CARD, imagesOf, newBrand, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
afterAll(() => gate.close());
beforeAll(() => go.season());

const send = (as: Caller, bytes: Uint8Array, type: string | undefined = "image/png") =>
  gate.call("POST /v1/images", { as, rawBody: Buffer.from(bytes).toString("base64"), base64: true, headers: { "content-type": type } });
const show = (fingerprint: string, headers: Readonly<Record<string, string>> = {}) =>
  gate.call("GET /images/{fingerprint}", { params: { fingerprint }, headers });
const colour = (hex: string) => Buffer.from(hex, "hex");
const images = async () => (await gate.rows()).delivery.filter(({ pk }) => pk?.S?.startsWith("IMAGE#"));

test("an image is measured, kept once, and shown as it was sent to whoever knows its fingerprint", async () => {
  const brand = newBrand();
  const bytes = plainPng(640, 800, colour("123456"));
  const first = await send(brand, bytes);
  expect(first).toMatchObject({ status: 201, body: { type: "image/png", width: 640, height: 800, bytes: bytes.length } });
  const kept = await images();
  expect((await send(brand, bytes)).body).toEqual(first.body);
  expect(await images()).toEqual(kept);
  const { status, headers, text } = await show(first.body.sha256);
  expect(status).toBe(200);
  expect(Buffer.from(text, "base64").equals(bytes)).toBe(true);
  expect(headers).toMatchObject({
    "content-type": "image/png",
    "cache-control": "public, max-age=31536000, immutable",
    "x-content-type-options": "nosniff",
    etag: expect.any(String),
  });
  expect(await show(first.body.sha256, { "if-none-match": String(headers["etag"]) })).toMatchObject({ status: 304, text: "" });
  expectProblem(await show("0".repeat(64)), { status: 404, code: "not-found" });
});

test("a file larger than an item of the table is kept whole", async () => {
  // What is not compressed: the chunk is as long as it says, and of what nobody has to know.
  const whole = plainPng(8, 8, colour("000000"));
  const filling = Buffer.from(Array.from({ length: 450_000 }, (_, at) => (at * 7919) % 251));
  const bytes = Buffer.concat([whole.subarray(0, 33), chunk("teXt", filling), whole.subarray(33)]);
  const { status, body } = await send(newBrand(), bytes);
  expect(status).toBe(201);
  expect(Buffer.from((await show(body.sha256)).text, "base64").equals(bytes)).toBe(true);
});

test.each<[string, Uint8Array, string | undefined, number, string]>([
  ["half an image", plainPng(8, 8, colour("000000")).subarray(0, 40), "image/png", 422, "not-an-image"],
  ["a PNG said to be a JPEG", plainPng(8, 8, colour("000000")), "image/jpeg", 422, "not-an-image"],
  ["nothing", Buffer.alloc(0), "image/png", 422, "not-an-image"],
  ["a page", Buffer.from("<script>alert(1)</script>"), "image/png", 422, "not-an-image"],
  ["an SVG", Buffer.from("<svg/>"), "image/svg+xml", 415, "unsupported-media-type"],
  ["a file of no type", plainPng(8, 8, colour("000000")), undefined, 415, "unsupported-media-type"],
  ["more than is taken", Buffer.alloc(512 * 1024 + 1), "image/png", 413, "body-too-large"],
])("%s is refused, and nothing is kept", async (_what, bytes, type, status, code) => {
  const before = await images();
  const headers = { "content-type": type };
  const reply = await gate.call("POST /v1/images", {
    as: newBrand(),
    rawBody: Buffer.from(bytes).toString("base64"),
    base64: true,
    headers,
  });
  expectProblem(reply, { status, code });
  expect(await images()).toEqual(before);
});

test("a card bears what was measured of images that its own brand has uploaded, whatever it says of them", async () => {
  const [brand, other] = [newBrand(), newBrand()];
  const { campaign } = await go.admit(brand);
  const { campaign: theirs } = await go.admit(other);
  const [main, head] = imagesOf("310").map(({ sha256, bytes }) => ({ sha256, bytes: bytes.length, type: "image/png" }));
  const { images: borne } = await go.card(campaign, brand);
  expect(borne).toEqual([
    { role: "main", width: 640, height: 800, ...main },
    { role: "head", width: 200, height: 200, ...head },
  ]);
  const claimed = { ...CARD, campaign, images: CARD.images.map((use: object) => ({ ...use, width: 640 })) };
  expectProblem(await gate.call("POST /v1/cards", { as: brand, body: claimed }), { status: 400, code: "invalid-request" });

  const { sha256 } = await go.upload(plainPng(640, 800, colour("abcdef")), brand);
  const uses = [{ role: "main", sha256 }, CARD.images[1]];
  expect((await gate.call("POST /v1/cards", { as: brand, body: { ...CARD, campaign, images: uses } })).status).toBe(201);
  const borrowed = await gate.call("POST /v1/cards", { as: other, body: { ...CARD, campaign: theirs, images: uses } });
  expectProblem(borrowed, { status: 422, code: "card-not-acceptable" });
  expect(borrowed.body.errors).toMatchObject([{ code: "image-unknown", field: "/images/0/sha256" }]);
});

test("another image of the same size is for the host to see again", async () => {
  const brand = newBrand();
  const { card } = await go.admit(brand);
  const { sha256 } = await go.upload(plainPng(640, 800, colour("fedcba")), brand);
  const body = { ...CARD, images: [{ role: "main", sha256 }, CARD.images[1]], version: 2 };
  const reply = await gate.call("PUT /v1/cards/{card}", { as: brand, params: { card }, body });
  expect(reply.body).toMatchObject({ status: "pending", images: [{ sha256 }, {}] });
});
