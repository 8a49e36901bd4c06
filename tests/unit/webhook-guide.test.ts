import { type ChildProcess, spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "@jest/globals";
import { Webhook } from "standardwebhooks";
import { RETRY_WAITS } from "../../lib/domain/webhook.ts";
import { freePort } from "../../scripts/local/free-port.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const guide = await readFile(resolve(ROOT, "docs/webhooks.md"), "utf8");
const block = (language: string) => guide.match(new RegExp(`\`\`\`${language}\\n([\\s\\S]*?)\`\`\``))?.[1] ?? "";
const SECRET = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;

let receiver: ChildProcess | undefined;
afterEach(() => void receiver?.kill());

/** The guide's receiver, as it is printed, in a process of its own. */
async function begin() {
  const port = await freePort();
  receiver = spawn(process.execPath, ["--input-type=module", "-e", block("js")], {
    cwd: ROOT,
    env: { ...process.env, NODE_OPTIONS: "", WEBHOOK_SECRET: SECRET, PORT: String(port) },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const said = receiver.stdout ? text(receiver.stdout) : Promise.resolve("");
  const send = async (body: string, over: Record<string, string> = {}, at = new Date()) => {
    const { id } = JSON.parse(body).data;
    const signature = new Webhook(SECRET).sign(id, at, body);
    const headers = {
      "webhook-id": id,
      "webhook-timestamp": String(Math.floor(at.getTime() / 1000)),
      "webhook-signature": signature,
      ...over,
    };
    return (await fetch(`http://127.0.0.1:${port}/`, { method: "POST", body, headers })).status;
  };
  for (let tries = 0; tries < 100; tries++) {
    if (await fetch(`http://127.0.0.1:${port}/`, { method: "POST" }).catch(() => undefined)) break;
    await new Promise((done) => setTimeout(done, 100));
  }
  return { send, said };
}

test("the guide's receiver takes its example, works on it once, and refuses what is forged or old", async () => {
  const { send, said } = await begin();
  const message = JSON.stringify(JSON.parse(block("json")));
  expect([await send(message), await send(message)]).toEqual([204, 204]);
  expect(await send(message, { "webhook-signature": new Webhook(SECRET).sign("evt_other", new Date(), message) })).toBe(401);
  expect(await send(message, {}, new Date(Date.now() - 6 * 60_000))).toBe(401);
  receiver?.kill();
  expect(await said).toBe("grant.given grant/grt_01HXR5W4R0A1B2C3D4E5F6G7H8 version 1: current\n");
}, 30_000);

test("the guide names the waits there are", () => {
  const words = RETRY_WAITS.map((ms) =>
    ms < 60_000 ? `${ms / 1_000} seconds` : ms < 3_600_000 ? `${ms / 60_000} minutes` : `${ms / 3_600_000} hour`,
  );
  for (const wait of words) expect(guide).toContain(wait);
  expect(RETRY_WAITS).toHaveLength(5);
});
