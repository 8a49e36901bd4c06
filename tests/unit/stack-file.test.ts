import { spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtemp } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { freePort } from "../../scripts/local/free-port.ts";
import { announceStack, runningStack, withdrawStack } from "../../scripts/local/stack-file.ts";

const newFile = async () => join(await mkdtemp(join(tmpdir(), "seasongate-stack-")), "stack.json");
const stackAt = (port: number, pid: number) => ({ api: `http://127.0.0.1:${port}`, lambda: "", dynamodb: "", jwks: "", pid });

test("a stack is found while it runs, and not after it is withdrawn", async () => {
  const file = await newFile();
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const stack = stackAt((server.address() as { port: number }).port, process.pid);
  await announceStack(file, stack);
  await expect(runningStack(file)).resolves.toEqual(stack);
  await withdrawStack(file);
  await expect(runningStack(file)).resolves.toBeUndefined();
  server.close();
});

test("what a dead process left behind is ignored", async () => {
  const file = await newFile();
  await announceStack(file, stackAt(await freePort(), spawnSync(process.execPath, ["--version"]).pid));
  await expect(runningStack(file)).resolves.toBeUndefined();
});

test("a process that was given the number later is not taken for the stack", async () => {
  const file = await newFile();
  await announceStack(file, stackAt(await freePort(), process.pid));
  await expect(runningStack(file)).resolves.toBeUndefined();
});
