import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { dynamoDbClient } from "../../scripts/local/dynamodb-client.ts";
import { lambdaContext } from "../../scripts/local/http-event.ts";
import { openGate } from "../support/gate.ts";
import { CLOSES, OPENS, SEASON, SERVING, stepsOf } from "../support/gate-steps.ts";
import { expectProblem } from "../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
const { handler: seasonClock } = await import("../../functions/season-clock.ts");
const client = DynamoDBDocumentClient.from(dynamoDbClient(process.env));

const health = () => gate.call("GET /health");
const errors = async () => {
  const reply = await health();
  expectProblem(reply, { status: 503, code: "unhealthy" });
  expect(reply.headers["retry-after"]).toBe("1");
  return reply.body.errors.map(({ code, field }: { code: string; field: string }) => `${code} ${field}`);
};
/** Some time passes on the machine, and for the festival. */
const pass = (ms: number) => {
  const then = Date.now() + ms;
  Date.now = () => then;
};

beforeAll(async () => {
  await gate.setClock("2024-05-13T10:00:00+08:00");
});
afterAll(async () => {
  client.destroy();
  await gate.close();
});

test("a stack that has not ticked yet is not well, and the log says so", async () => {
  expect(await errors()).toEqual(["clock-stale /lastTick", "snapshot-stale /snapshots/0"]);
  expect(gate.log.findLast(({ event }) => event === "unhealthy")).toMatchObject({
    level: "error",
    codes: ["clock-stale", "snapshot-stale"],
  });
});

test("one tick makes it well: when it was, how old what is served is, and what is due", async () => {
  await go.season();
  await gate.setClock(SERVING);
  await gate.tick();
  pass(1_000);
  const { status, body, text } = await health();
  const ticked = new Date(Date.now() - 1_000).toISOString();
  const snapshots = [{ surface: "wechat-moments", publishedAt: ticked, ageMs: 1_000 }];
  expect({ status, body }).toEqual({ status: 200, body: { status: "ok", lastTick: ticked, snapshots, due: [] } });
  expect(text).not.toContain("version");
  await gate.setClock(CLOSES);
  expect((await health()).body.due).toEqual([{ season: SEASON, to: "closed", officialAt: "2024-06-20T16:00:00.000Z" }]);
});

test("moving the festival's clock, forth or back, makes nothing look old", async () => {
  for (const time of ["2030-01-01T00:00:00+08:00", "2020-01-01T00:00:00+08:00"]) {
    await gate.setClock(time);
    expect((await health()).status).toBe(200);
    await gate.tick();
    expect((await health()).status).toBe(200);
  }
});

test("three minutes without a tick are too long, and the next tick makes it well", async () => {
  await gate.tick();
  pass(180_000);
  expect((await health()).status).toBe(200);
  pass(1);
  expect(await errors()).toEqual(["clock-stale /lastTick", "snapshot-stale /snapshots/0"]);
  await gate.tick();
  expect((await health()).status).toBe(200);
});

test("a broken season item stops neither the turns nor the snapshot of the others; it is logged, and health says so without its name", async () => {
  const later = "2025-05-13T10:00:00+08:00";
  await gate.setClock(later);
  const Item = { pk: "SEASONS", sk: "SEASON#a-broken-one", version: 1, doc: { id: "a-broken-one", status: "open" } };
  await client.send(new PutCommand({ TableName: process.env["REGISTRY_TABLE"] ?? "", Item }));
  await gate.tick();
  expect(gate.log.findLast(({ event }) => event === "season-unreadable")).toMatchObject({ level: "error", season: "a-broken-one" });
  const reply = await health();
  expect(reply.body.errors).toEqual([{ code: "season-unreadable", field: "", detail: expect.stringContaining("1") }]);
  expect(reply.text).not.toContain("a-broken-one");
});

test("within 200 ms of its end the clock begins no write, and the next tick makes up for it", async () => {
  await gate.setClock(OPENS);
  const before = await gate.rows();
  const hurried = { ...lambdaContext(), getRemainingTimeInMillis: () => 200 };
  await expect(seasonClock({}, hurried)).rejects.toMatchObject({ name: "Unavailable" });
  expect(await gate.rows()).toEqual(before);
  await gate.tick();
  expect(await gate.rows()).not.toEqual(before);
});
