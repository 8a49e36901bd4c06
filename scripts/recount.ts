import { parseArgs } from "node:util";
import { recount } from "../lib/app/recount.ts";
import { deliveryTable } from "../lib/deps/tables.ts";
import { rowName } from "../lib/domain/fold.ts";
import { recountStore } from "../lib/store/recounts.ts";
import { localEnv } from "./local/local-env.ts";
import { readArguments } from "./local/read-arguments.ts";
import { runCommand } from "./local/setup-error.ts";

/**
 * `npm run recount -- [--check]`: counts all events of the running stack, or of the stage in the environment, again and compares them with the
 * tallies. What differs is told and, without --check, set right. Run it when the stream has been folded: what is on its way there differs.
 */
await runCommand(async () => {
  const { values } = readArguments(() => parseArgs({ options: { check: { type: "boolean", default: false } } }));
  await localEnv();
  const recounts = recountStore(deliveryTable("write"));
  const { events, unreadable, drift } = await recount({ recounts })();
  for (const row of unreadable) console.log(`unreadable ${row}`);
  for (const each of drift) console.log(`${rowName(each.row)} ${each.counter}: events ${each.events}, counted ${each.counted}`);
  console.log(`events ${events}`);
  console.log(`drift ${drift.length}`);
  if (drift.length > 0 && !values.check) console.log(`repaired ${await recounts.repair(drift)} rows`);
  if (unreadable.length > 0 || (drift.length > 0 && values.check)) process.exitCode = 1;
});
