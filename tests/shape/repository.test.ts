import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { hostname } from "node:os";
import { dirname, resolve } from "node:path";
import { describe, expect, test } from "@jest/globals";

const output = (command: string, ...given: string[]) => execFileSync(command, given, { encoding: "utf8" });
const tracked = output("git", "ls-files", "-z")
  .split("\0")
  .filter((path) => path !== "" && existsSync(path));
const texts = tracked
  .map((path) => [path, readFileSync(path)] as const)
  .filter(([, bytes]) => !bytes.includes(0))
  .map(([path, bytes]) => [path, bytes.toString()] as const);
const packageJson = JSON.parse(readFileSync("package.json", "utf8"));

/** The files that hold the text, whatever it is; the message names them and not the text. */
const filesWith = (text: string) => texts.filter(([, content]) => content.includes(text)).map(([path]) => path);

describe("no tracked file says where it was made", () => {
  test("no path of this machine: neither the checkout nor its parent", () => {
    const checkout = resolve(".");
    expect(filesWith(checkout)).toEqual([]);
    const parent = dirname(checkout);
    if (parent !== "/") expect(filesWith(`${parent}/`).filter((path) => path !== "package-lock.json")).toEqual([]);
  });

  test("no home folder", () => {
    const home = process.env["HOME"] ?? "";
    if (home.length > 1) expect(filesWith(`${home}/`)).toEqual([]);
  });

  test("no name of this machine", () => {
    if (hostname().length > 8) expect(filesWith(hostname())).toEqual([]);
  });

  test("no package registry", () => {
    const { host } = new URL(output("npm", "config", "get", "registry").trim());
    expect(filesWith(host)).toEqual([]);
  });
});

describe("what is installed is what was tested", () => {
  test("every version in package.json is exact", () => {
    const versions = Object.entries<string>({ ...packageJson.dependencies, ...packageJson.devDependencies });
    expect(versions.length).toBeGreaterThan(0);
    expect(versions.filter(([, version]) => !/^(?:npm:[\w@/-]+@)?\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(version))).toEqual([]);
  });

  test("the lock file names no host, and has a digest for every package it would fetch", () => {
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as {
      packages: Readonly<Record<string, { resolved?: string; integrity?: string; link?: boolean; version?: string; inBundle?: boolean }>>;
    };
    const entries = Object.entries(packages).filter(([path]) => path !== "");
    expect(entries.filter(([, { resolved }]) => resolved !== undefined).map(([path]) => path)).toEqual([]);
    expect(entries.filter(([, { integrity, link, inBundle }]) => !integrity && !link && !inBundle).map(([path]) => path)).toEqual([]);
  });

  test("the lock file and package.json ask for the same", () => {
    const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8"));
    for (const kind of ["dependencies", "devDependencies"]) expect(packages[""][kind]).toEqual(packageJson[kind]);
  });
});

describe("no unfinished work is checked in", () => {
  const sources = texts.filter(([path]) => /\.(?:ts|tsx|js|cjs|mjs)$/.test(path));

  test("no test is left out or left alone", () => {
    const switched = new RegExp(
      String.raw`\b(?:test|it|describe)(?:\.each)?\.(?:on${""}ly|sk${""}ip|to${""}do|failing)\b|\b(?:x|f)(?:describe|it|test)\(`,
    );
    expect(sources.filter(([path, content]) => path.includes("tests/") && switched.test(content)).map(([path]) => path)).toEqual([]);
  });

  test("whatever is still to be done has an issue", () => {
    const open = new RegExp(String.raw`\b(?:TO${""}DO|FIX${""}ME|X${""}XX|HA${""}CK)\b(?!\(#\d+\)|:? #\d+)`);
    expect(texts.filter(([path, content]) => path !== "package-lock.json" && open.test(content)).map(([path]) => path)).toEqual([]);
  });

  test("nothing of another's is left: no conflict, no debugger", () => {
    expect(sources.filter(([, content]) => /^(?:<{7}|>{7}) |^\s*debugger;?$/m.test(content)).map(([path]) => path)).toEqual([]);
  });
});

test("no secret is tracked", () => {
  const secrets = /-----BEGIN [A-Z ]*PRIVATE KEY-----|\bAKIA[0-9A-Z]{16}\b|\bghp_[A-Za-z0-9]{36}\b|_authToken\s*=/;
  expect(texts.filter(([, content]) => secrets.test(content)).map(([path]) => path)).toEqual([]);
});
