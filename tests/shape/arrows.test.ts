import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";

interface Diagnostic {
  readonly category: string;
  readonly location: { readonly path: string };
}

const uses = (from: string, name = "x") => `import { ${name} } from "${from}";\nexport const planted = [${name}];\n`;
const RESTRICTED = "lint/style/noRestrictedImports";
const GLOBALS = "lint/style/noRestrictedGlobals";

/** Each violation with the folder it is planted in and the rule that has to see it. */
const PLANTED: readonly [name: string, folder: string, source: string, rule: string][] = [
  ["the domain importing a use case", "lib/domain", uses("../app/ports/world.ts"), RESTRICTED],
  [
    "the domain importing only a type of a use case",
    "lib/domain",
    'import type { Now } from "../app/ports/world.ts";\nexport type Planted = Now;\n',
    RESTRICTED,
  ],
  ["the domain importing the contracts", "lib/domain", uses("../contracts/wire.ts"), RESTRICTED],
  ["the domain importing the configuration", "lib/domain", uses("../config.ts"), RESTRICTED],
  ["the domain importing a store", "lib/domain", uses("../store/keys.ts"), RESTRICTED],
  ["the domain importing node:crypto", "lib/domain", uses("node:crypto", "randomUUID"), RESTRICTED],
  ["the domain importing a package", "lib/domain", uses("ulid", "ulid"), RESTRICTED],
  ["the domain importing zod", "lib/domain", 'import * as z from "zod";\nexport const planted = z.string();\n', RESTRICTED],
  ["the domain passing on what it may not import", "lib/domain", 'export { x } from "../app/ports/world.ts";\n', RESTRICTED],
  ["the domain importing at run time", "lib/domain", 'export const planted = () => import("../app/ports/world.ts");\n', RESTRICTED],
  ["the domain asking what time it is", "lib/domain", "export const planted = Date.now();\n", GLOBALS],
  ["the domain making a date", "lib/domain", "export const planted = new Date();\n", GLOBALS],
  ["the domain reading the environment", "lib/domain", 'export const planted = process.env["STAGE"];\n', GLOBALS],
  ["the domain waiting", "lib/domain", "export const planted = () => setTimeout(() => undefined, 1);\n", GLOBALS],
  ["the domain making an id", "lib/domain", "export const planted = crypto.randomUUID();\n", GLOBALS],
  ["the domain calling somebody", "lib/domain", 'export const planted = () => fetch("https://a.example");\n', GLOBALS],
  ["the standards' half of the domain importing a use case", "lib/domain/openrtb", uses("../../app/reach.ts", "within"), RESTRICTED],
  ["the standards' half of the domain importing a package", "lib/domain/openrtb", uses("ulid", "ulid"), RESTRICTED],
  ["the standards' half of the domain asking what time it is", "lib/domain/openrtb", "export const planted = Date.now();\n", GLOBALS],
  ["the domain importing the standards' half", "lib/domain", uses("./openrtb/no-bid.ts", "NO_BID"), RESTRICTED],
  ["a use case importing a store", "lib/app", uses("../store/table.ts"), RESTRICTED],
  ["a use case importing the contracts", "lib/app", uses("../contracts/wire.ts"), RESTRICTED],
  ["a use case importing HTTP", "lib/app", uses("../http/faults.ts"), RESTRICTED],
  ["a use case importing a package", "lib/app", uses("ulid", "ulid"), RESTRICTED],
  ["a port importing a use case", "lib/app/ports", uses("../reach.ts", "within"), RESTRICTED],
  ["a port importing a store", "lib/app/ports", uses("../../store/table.ts"), RESTRICTED],
  ["a port importing the contracts", "lib/app/ports", uses("../../contracts/wire.ts"), RESTRICTED],
  ["a store importing zod", "lib/store", 'import * as z from "zod";\nexport const planted = z.string();\n', RESTRICTED],
  ["a store importing a use case", "lib/store", uses("../app/reach.ts", "within"), RESTRICTED],
  ["a store importing HTTP", "lib/store", uses("../http/faults.ts"), RESTRICTED],
  ["the contracts importing a store", "lib/contracts", uses("../store/keys.ts"), RESTRICTED],
  ["the contracts importing a use case", "lib/contracts", uses("../app/ports/world.ts"), RESTRICTED],
  ["HTTP importing a store", "lib/http", uses("../store/table.ts"), RESTRICTED],
  ["HTTP importing a use case", "lib/http", uses("../app/reach.ts"), RESTRICTED],
  ["HTTP importing zod", "lib/http", 'import * as z from "zod";\nexport const planted = z.string();\n', RESTRICTED],
  ["HTTP importing the AWS SDK", "lib/http", uses("@aws-sdk/client-dynamodb", "DynamoDBClient"), RESTRICTED],
  ["a function importing a library", "functions", uses("ulid", "ulid"), RESTRICTED],
  ["a function importing Node", "functions", uses("node:fs", "readFileSync"), RESTRICTED],
  ["a function importing another", "functions", uses("./meta.ts", "handler"), RESTRICTED],
  ["zod by its name, in the contracts", "lib/contracts", 'import { z } from "zod";\nexport const planted = z.string();\n', RESTRICTED],
  ["zod by its name, in the wiring", "lib/deps", 'import { z } from "zod";\nexport const planted = z.string();\n', RESTRICTED],
  ["zod by its name, in a script", "scripts", 'import { z } from "zod";\nexport const planted = z.string();\n', RESTRICTED],
  ["a default export", "lib/app", "export default 1;\n", "lint/style/noDefaultExport"],
  ["a default function", "functions", "export default function handler() {}\n", "lint/style/noDefaultExport"],
  ["an enum", "lib/domain", "export enum Planted {\n  A,\n}\n", "lint/style/noEnum"],
  ["an any", "lib/domain", "export const planted = (x: any): unknown => x;\n", "lint/suspicious/noExplicitAny"],
  ["a line to the console", "lib/app", 'export const planted = () => console.log("x");\n', "lint/suspicious/noConsole"],
  ["an import without its extension", "lib/app", uses("./ports/world"), RESTRICTED],
  ["a package nobody declared", "lib/deps", uses("left-pad", "pad"), "lint/correctness/noUndeclaredDependencies"],
];

/** What each folder may do, so that the gate is not merely shut. */
const ALLOWED: readonly [name: string, folder: string, source: string][] = [
  ["the domain importing itself", "lib/domain", uses("./window.ts", "contains")],
  ["the domain importing the one table it needs", "lib/domain", uses("get-east-asian-width", "eastAsianWidth")],
  ["the domain importing the calendar it needs", "lib/domain", uses("temporal-polyfill", "Temporal")],
  [
    "the standards' half of the domain importing the domain and the standards' types",
    "lib/domain/openrtb",
    `${uses("../window.ts", "contains")}import type { Bid } from "iab-openrtb/v26";\nexport type More = Bid;\n`,
  ],
  ["a use case importing the standards' half of the domain", "lib/app", uses("../domain/openrtb/no-bid.ts", "NO_BID")],
  [
    "a use case importing the domain and its ports",
    "lib/app",
    uses("../domain/window.ts", "contains") + uses("./ports/unavailable.ts", "Unavailable").replace("planted", "more"),
  ],
  [
    "a port importing the domain and another port",
    "lib/app/ports",
    uses("../../domain/window.ts", "contains") + uses("./call.ts", "Call").replace("planted", "more"),
  ],
  [
    "a store importing the SDK, the contracts and the ports",
    "lib/store",
    uses("@aws-sdk/client-dynamodb", "DynamoDBClient") + uses("../app/ports/unavailable.ts", "Unavailable").replace("planted", "more"),
  ],
  ["HTTP importing the contracts", "lib/http", uses("../contracts/wire.ts", "toWire")],
  ["a function importing from lib", "functions", uses("../lib/deps/log.ts", "log")],
  ["the contracts importing zod as a namespace", "lib/contracts", 'import * as z from "zod";\nexport const planted = z.string();\n'],
];

/** A folder with the checkout's rules, where violations are planted and nothing else is. */
const folder = mkdtempSync(join(tmpdir(), "seasongate-arrows-"));
const fileOf = (kind: string, index: number, under: string) => `${under}/${kind}-${index}.ts`;
const seen = new Map<string, string[]>();

beforeAll(() => {
  for (const name of ["biome.json", "package.json"]) cpSync(name, join(folder, name));
  execFileSync("git", ["init", "--quiet", folder]);
  const files = [
    ...PLANTED.map(([, under, source], index) => [fileOf("planted", index, under), source] as const),
    ...ALLOWED.map(([, under, source], index) => [fileOf("allowed", index, under), source] as const),
  ];
  for (const [path, source] of files) {
    mkdirSync(join(folder, dirname(path)), { recursive: true });
    writeFileSync(join(folder, path), source);
  }
  const biome = resolve("node_modules/@biomejs/biome/bin/biome");
  const { stdout } = spawnSync(process.execPath, [biome, "lint", "--reporter=json", "--max-diagnostics=none", "."], {
    cwd: folder,
    encoding: "utf8",
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: readonly Diagnostic[] };
  for (const { category, location } of diagnostics) seen.set(location.path, [...(seen.get(location.path) ?? []), category]);
}, 60_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("biome refuses", () => {
  test.each(PLANTED.map(([name, under, , rule], index) => [name, fileOf("planted", index, under), rule] as const))(
    "%s",
    (_name, path, rule) => {
      expect(seen.get(path)).toContain(rule);
    },
  );
});

describe("biome lets pass", () => {
  test.each(ALLOWED.map(([name, under], index) => [name, fileOf("allowed", index, under)] as const))("%s", (_name, path) => {
    expect(seen.get(path)).toBeUndefined();
  });
});

/** A source without its comments; a text that speaks of what is forbidden does no harm. */
const code = (path: string) => readFileSync(path, "utf8").replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");

describe.each(["lib/domain", "lib/app", "lib/app/ports"])("%s", (under) => {
  test.each(readdirSync(under).filter((name) => name.endsWith(".ts")))(
    "%s knows no clock, chance, environment, timer or machine",
    (name) => {
      expect(code(join(under, name))).not.toMatch(
        /\bDate\s*\.\s*now\b|\bnew\s+Date\s*\(\s*\)|\bDate\s*\(\s*\)|\bperformance\b|\bMath\s*\.\s*random\b|\bprocess\b|\brandomUUID\b|\bgetRandomValues\b|\bset(?:Timeout|Interval|Immediate)\b|\bqueueMicrotask\b|\bfetch\s*\(|\bglobalThis\b|\beval\b|\bimport\s*\(/,
      );
    },
  );
});
