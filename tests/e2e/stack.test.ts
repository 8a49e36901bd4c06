import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { freePort } from "../../scripts/local/free-port.ts";
import { command, forgetFolder, type Running, runningAmong } from "../support/command.ts";

const STARTS_WITHIN_MS = 180_000;
const WALKS_WITHIN_MS = 60_000;

afterAll(forgetFolder);

describe("the running stack", () => {
  let stack: Running;
  let api: string;

  beforeAll(async () => {
    const port = await freePort();
    api = `http://127.0.0.1:${port}`;
    stack = command("scripts/start.ts", ["--port", String(port)]);
    await stack.prints(/Ctrl-C stops everything/);
  }, STARTS_WITHIN_MS);

  afterAll(async () => {
    await stack.stop();
  }, WALKS_WITHIN_MS);

  test("prints its addresses, a token for every role and commands to try", () => {
    for (const role of ["brand", "attester", "reviewer", "operator", "feed", "auditor"])
      expect(stack.output()).toMatch(new RegExp(`^ +${role} +eyJ[\\w-]+\\.[\\w-]+\\.[\\w-]+$`, "m"));
    expect(stack.output()).toContain(api);
    expect(stack.output()).toContain("npm run demo");
  });

  test(
    "is walked through by the demo, and again in the next year",
    async () => {
      for (const season of ["618-2024", "618-2025"]) {
        const demo = command("scripts/demo.ts");
        expect([await demo.ends(), demo.output()]).toEqual([0, expect.stringContaining(`${season} is closed`)]);
        expect(demo.output()).toContain('{"impressions":1,"clicks":1,"invalidClicks":{"no-impression":1}}');
      }
    },
    WALKS_WITHIN_MS,
  );

  test("answers bad input over HTTP with a problem document", async () => {
    const token = command("scripts/token.ts", ["--role", "brand"]);
    await token.ends();
    const post = (body: string) =>
      fetch(`${api}/v1/applications`, {
        method: "POST",
        headers: { authorization: `Bearer ${token.output().trim()}`, "content-type": "application/json" },
        body,
      });
    const bodies = {
      "400": ["nonsense", "null", "[]", '{"season":"\\ud800"}'],
      "413": ["[".repeat(100_000), `"${"x".repeat(6_000_000)}"`],
    };
    for (const [status, texts] of Object.entries(bodies))
      for (const text of texts) {
        const response = await post(text);
        expect(response.headers.get("content-type")).toContain("application/problem+json");
        expect({ text: text.slice(0, 20), status: String(response.status) }).toEqual({ text: text.slice(0, 20), status });
      }
  });

  test("refuses to be started twice, in one sentence", async () => {
    const second = command("scripts/start.ts", ["--port", String(await freePort())]);
    expect(await second.ends()).toBe(1);
    expect(second.output().trim().split("\n")).toEqual([expect.stringMatching(/^Seasongate is already running at /)]);
  });

  test(
    "leaves nothing running when it is told to stop",
    async () => {
      const children = await stack.descendants();
      expect(children.length).toBeGreaterThan(1);
      expect(await stack.stop()).toBe(0);
      expect(await runningAmong(children)).toEqual([]);
    },
    WALKS_WITHIN_MS,
  );
});

describe("starting on a machine that is not ready", () => {
  const sentence = async (run: Running) => ({ code: await run.ends(), lines: run.output().trim().split("\n") });

  test("a taken port is one sentence", async () => {
    const port = await freePort();
    const server = createServer().listen(port, "127.0.0.1");
    expect(await sentence(command("scripts/start.ts", ["--port", String(port)]))).toEqual({
      code: 1,
      lines: [expect.stringContaining(`Port ${port} is in use`)],
    });
    server.close();
  });

  test("no Java is one sentence", async () => {
    const run = command("scripts/start.ts", ["--port", String(await freePort())], { PATH: "/nonexistent", JAVA_HOME: "" });
    expect(await sentence(run)).toEqual({ code: 1, lines: [expect.stringContaining("Java")] });
  });

  test("the demo without a stack is one sentence", async () => {
    expect(await sentence(command("scripts/demo.ts"))).toEqual({ code: 1, lines: [expect.stringContaining("npm start")] });
  });
});
