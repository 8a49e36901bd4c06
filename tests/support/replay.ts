import { execFileSync } from "node:child_process";

/** The commit that is checked out, and whether anything has been changed since. */
const commit = () => execFileSync("git", ["describe", "--always", "--dirty", "--abbrev=40", "--exclude=*"], { encoding: "utf8" }).trim();

/** Does the work; a failure says how to have it again (reliability.md P12). `tests`: the file or folder. */
export async function replayable<T>(seed: number, tests: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const how = `To have it again: SEED=${seed} npm test -- --selectProjects store --testPathPatterns ${tests}, at commit ${commit()}.`;
    throw new Error(`${how}\n${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}
