import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { text } from "node:stream/consumers";

/** Tries every route as every role of every tenant with every token there is to forge, and prints what came of it. */

interface Cell {
  readonly route: string;
  readonly role: string;
  readonly tenant: string;
  readonly token: string;
  readonly status: number;
  readonly fault: string | null;
}

const ROOT = resolve(import.meta.dirname, "..");
const say = (line: string) => process.stdout.write(`${line}\n`);

/** Jest's own say, and every cell the test executed. */
async function executed(): Promise<{ readonly ok: boolean; readonly said: string; readonly cells: readonly Cell[] }> {
  const folder = await mkdtemp(join(tmpdir(), "seasongate-authz-"));
  const file = join(folder, "cells.json");
  const jest = spawn(
    process.execPath,
    [
      ...["--experimental-vm-modules", "--no-warnings", "node_modules/jest/bin/jest.js"],
      ...["--selectProjects=http", "--testPathPatterns", "tests/http/authorisation-cells"],
    ],
    { cwd: ROOT, env: { ...process.env, AUTHZ_CELLS: file }, stdio: ["ignore", "ignore", "pipe"] },
  );
  const [said, [code]] = await Promise.all([text(jest.stderr), once(jest, "close")]);
  const cells = await readFile(file, "utf8").then(JSON.parse, () => []);
  await rm(folder, { recursive: true, force: true });
  return { ok: code === 0, said, cells };
}

/** Rows under their heads, in columns as wide as need be. */
function table(rows: readonly (readonly (string | number)[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  return rows
    .map((row) =>
      row
        .map((value, column) => String(value).padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

const counted = (of: readonly Cell[]) => {
  const statuses = Object.entries(Object.groupBy(of, ({ status }) => status)).map(([status, some = []]) => `${status}×${some.length}`);
  return [of.length, of.filter(isAllowed).length, of.filter((cell) => !isAllowed(cell)).length, statuses.join(" ")];
};
const isAllowed = ({ status }: Cell) => status > 0 && status < 400;
const grouped = (cells: readonly Cell[], by: (cell: Cell) => string) =>
  [...Map.groupBy(cells, by)].map(([name, of]) => [name, ...counted(of)]);

const began = performance.now();
const { ok, said, cells } = await executed();
const seconds = Math.round((performance.now() - began) / 1000);
const heads = ["cells", "allowed", "refused", "by status"];
say(table([["route", ...heads], ...grouped(cells, ({ route }) => route)]));
say("");
say(table([["role, tenant", ...heads], ...grouped(cells, ({ role, tenant }) => `${role}, ${tenant}`)]));
say("");
say(table([["token", ...heads], ...grouped(cells, ({ token }) => token)]));
say("");
const failed = cells.filter(({ fault }) => fault !== null);
for (const { route, role, tenant, token, fault } of failed) say(`FAILED ${route} · ${role}, ${tenant} tenant · token: ${token} · ${fault}`);
// A failure that is no cell's, such as a row that was changed by a call that was refused.
if (!ok && failed.length === 0) say(said);
say(`${cells.length} cells, ${cells.length - failed.length} passed, ${failed.length} failed, ${seconds} s`);
process.exitCode = ok && cells.length > 0 && failed.length === 0 ? 0 : 1;
