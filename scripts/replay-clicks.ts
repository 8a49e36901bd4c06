import { createReadStream } from "node:fs";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { replayClick } from "../lib/app/replay-click.ts";
import { deliveryTable } from "../lib/deps/tables.ts";
import { eventStore } from "../lib/store/events.ts";
import { clickInLine } from "./local/click-in-line.ts";
import { localEnv } from "./local/local-env.ts";
import { readArguments } from "./local/read-arguments.ts";
import { runCommand } from "./local/setup-error.ts";

/**
 * `npm run replay-clicks -- [log file]`: records the taps of `click-unrecorded` lines, from the file or standard input, each once, in the
 * running stack or the stage of the environment. Other lines are passed over; a line of such a tap that is not what we write is refused.
 */
await runCommand(async () => {
  const { positionals } = readArguments(() => parseArgs({ allowPositionals: true, options: {} }));
  await localEnv();
  const replay = replayClick({ events: eventStore(deliveryTable("write")) });
  const counts = { counted: 0, duplicate: 0, refused: 0 };
  const [file] = positionals;
  for await (const line of createInterface({ input: file === undefined ? process.stdin : createReadStream(file) })) {
    const click = clickInLine(line);
    if (click !== undefined) counts[click === "refused" ? "refused" : await replay(click)] += 1;
  }
  for (const [outcome, count] of Object.entries(counts)) console.log(`${outcome} ${count}`);
  if (counts.refused > 0) process.exitCode = 1;
});
