import { chmod, mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { findJava, javaMajor } from "../../scripts/local/java.ts";
import { SetupError } from "../../scripts/local/setup-error.ts";

async function javaThatPrints(line: string): Promise<NodeJS.ProcessEnv> {
  const home = await mkdtemp(join(tmpdir(), "seasongate-java-"));
  await mkdir(join(home, "bin"));
  await writeFile(join(home, "bin", "java"), `#!/bin/sh\necho '${line}' >&2\n`);
  await chmod(join(home, "bin", "java"), 0o755);
  return { JAVA_HOME: home };
}

test.each([
  ['openjdk version "17.0.15" 2025-04-15', 17],
  ['java version "1.8.0_202"', 8],
  ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "21" 2023-09-19', 21],
  ["The operation couldn’t be completed. Unable to locate a Java Runtime.", undefined],
])("%j is version %s", (printed, major) => {
  expect(javaMajor(printed)).toBe(major);
});

test.each([
  ["too old", 'java version "1.8.0_202"', "this is Java 8"],
  ["only a stub", "Unable to locate a Java Runtime.", "none was found"],
])("a Java that is %s is refused with what to do", async (_case, line, words) => {
  const refused = findJava(await javaThatPrints(line));
  await expect(refused).rejects.toThrow(SetupError);
  await expect(refused).rejects.toThrow(words);
});

test("no Java at all is refused with what to do", async () => {
  await expect(findJava({ PATH: "/nowhere" })).rejects.toThrow("install a Java runtime, version 11 or newer");
});
