import type { Log } from "../app/ports/world.ts";

/** One JSON line on standard output, which Lambda carries to CloudWatch. */
export const log: Log = (level, event, fields) => {
  process.stdout.write(`${JSON.stringify({ level, event, ...fields })}\n`);
};
