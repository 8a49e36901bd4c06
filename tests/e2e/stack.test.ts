import { createServer } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { freePort } from "../../scripts/local/free-port.ts";
import { command, forgetFolder, type Running, runningAmong, shell } from "../support/command.ts";

const STARTS_WITHIN_MS = 180_000;
const WALKS_WITHIN_MS = 60_000;

afterAll(forgetFolder);

function expectWalk(output: string, season: string): void {
  expect(output).toContain(`${season} is closed`);
  expect(output).toContain('{"impressions":1,"clicks":1,"invalidClicks":{"no-impression":1}}');
}

/** What each of the commands to try has to show, in the order in which they are printed. */
const SHOWN: readonly ((output: string) => void)[] = [
  // The whitelist as the sample leaves it, a week before the season.
  (output) => {
    const { grants, next } = JSON.parse(output);
    expect(grants).toHaveLength(3);
    for (const grant of grants) expect(grant).toMatchObject({ surface: "wechat-moments", season: "618-2024", state: "current" });
    expect(next).toEqual(expect.any(String));
  },
  // The one slot asked for is answered, and not yet with a card: no window is open.
  (output) => expect(JSON.parse(output).slots).toEqual([expect.objectContaining({ noAd: expect.objectContaining({ code: 501 }) })]),
  (output) => expectWalk(output, "618-2024"),
];

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
    "prints commands that can be pasted as they are, each of which shows what it is there to show",
    async () => {
      const printed = stack.output().split("\nTry:\n")[1]?.split("\n\n")[0] ?? "";
      const commands = printed.split("\n").map((line) => line.trim());
      const said: { code: number | null; output: string }[] = [];
      for (const line of commands) {
        const run = shell(line);
        said.push({ code: await run.ends(), output: run.output() });
      }
      expect(said.map(({ code }) => code)).toEqual(SHOWN.map(() => 0));
      for (const [index, shows] of SHOWN.entries()) shows(said[index]?.output ?? "");
    },
    WALKS_WITHIN_MS,
  );

  test(
    "is walked through by the demo once more, in the next year",
    async () => {
      const demo = command("scripts/demo.ts");
      expect(await demo.ends()).toBe(0);
      expectWalk(demo.output(), "618-2025");
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
