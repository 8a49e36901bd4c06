import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";

const bootstrap = createRequire(import.meta.url)("../../scripts/bootstrap.cjs");

function copyOfThePackageFiles(): string {
  const folder = mkdtempSync(join(tmpdir(), "seasongate-bootstrap-"));
  for (const name of ["package.json", "package-lock.json"]) cpSync(name, join(folder, name));
  return folder;
}

test.each(["0.12.18", "8.17.0", "18.20.4", "20.18.3"])("Node %s is sent away in one sentence that says what to do", (version) => {
  const sentence = bootstrap.tooOld(version);
  expect(sentence).toContain(`this is Node ${version}: install`);
  expect(sentence).not.toContain("\n");
});

test.each(["20.19.0", "20.20.2", "22.0.0", "24.21.0", "100.1.0"])("Node %s will do", (version) => {
  expect(bootstrap.tooOld(version)).toBeNull();
});

test("an old Node can parse the file", () => {
  const source = readFileSync("scripts/bootstrap.cjs", "utf8").replaceAll(/^\s*(?:\/\/|\/?\*).*$/gm, "");
  expect(source).not.toMatch(/\?\.|\?\?|=>|`|^\s*(?:const|let|class|async|import)\b/m);
});

test("what is installed stays so until the package files change", () => {
  const folder = copyOfThePackageFiles();
  expect(bootstrap.isInstalled(folder)).toBe(false);
  mkdirSync(join(folder, "node_modules"));
  writeFileSync(bootstrap.stampFile(folder), `${bootstrap.fingerprint(folder)}\n`);
  expect(bootstrap.isInstalled(folder)).toBe(true);
  writeFileSync(join(folder, "package.json"), "{}");
  expect(bootstrap.isInstalled(folder)).toBe(false);
});

test("the lock file is set aside only where it does not know the machine", () => {
  const lock = '{ "node_modules/@biomejs/cli-linux-x64": {} }';
  expect(bootstrap.installArguments(lock, "linux-x64")).not.toContain("--no-package-lock");
  expect(bootstrap.installArguments(lock, "linux-x64-musl")).toContain("--no-package-lock");
  expect(bootstrap.installArguments(lock, "darwin-arm64")).toContain("--no-package-lock");
});

test("npm's settings for the outer command do not reach the inner install", () => {
  const env = { PATH: "/bin", npm_config_prefix: "/elsewhere", npm_config_omit: "dev", npm_config_registry: "https://registry.example" };
  expect(bootstrap.installEnvironment(env)).toEqual({ PATH: "/bin", npm_config_registry: "https://registry.example" });
});
