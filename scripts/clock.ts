import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeInstant, parseInstant, readOffset, STARTS_AT, setClock } from "./local/clock-file.ts";
import { LOCAL_FOLDER } from "./local/folder.ts";
import { readArguments } from "./local/read-arguments.ts";
import { runCommand, SetupError } from "./local/setup-error.ts";

const FILE = join(LOCAL_FOLDER, "clock-offset");

await runCommand(async () => {
  const { values } = readArguments(() => parseArgs({ options: { at: { type: "string" }, reset: { type: "boolean" } } }));
  if (values.at !== undefined && values.reset) throw new SetupError("Give --at or --reset, not both.");
  const wanted = values.reset ? STARTS_AT : values.at;
  if (wanted !== undefined) await setClock(FILE, parseInstant(wanted), Date.now());
  const [shanghai, utc] = describeInstant(Date.now() + (await readOffset(FILE)));
  console.log(`${shanghai}  Asia/Shanghai\n${utc}       UTC`);
});
