import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Checked } from "./check.ts";

export const ZONES = ["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia"] as const;

const MAIN = join(import.meta.dirname, "main.ts");

/** What a process finds whose own zone is this one. @throws when it has another. */
export async function checkedIn(zone: (typeof ZONES)[number], stepMs: number): Promise<Checked> {
  const { NODE_OPTIONS: _jest, ...env } = process.env;
  const { stdout } = await promisify(execFile)(process.execPath, ["--no-warnings", MAIN, String(stepMs)], { env: { ...env, TZ: zone } });
  const checked = JSON.parse(stdout) as Checked;
  if (checked.zone !== zone) throw new Error(`a process of ${zone} takes itself to be in ${checked.zone}`);
  return checked;
}
