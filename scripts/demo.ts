import { join } from "node:path";
import { Conversation, Surprise } from "./demo/conversation.ts";
import { chooseFestival } from "./demo/festival.ts";
import { type Controls, walk } from "./demo/walk.ts";
import { describeInstant, readOffset, setClock } from "./local/clock-file.ts";
import { LOCAL_FOLDER } from "./local/folder.ts";
import { openIssuer } from "./local/issuer.ts";
import { runCommand, SetupError } from "./local/setup-error.ts";
import { runningStack, type Stack } from "./local/stack-file.ts";
import { tickNow } from "./local/tick-now.ts";

const CLOCK_FILE = join(LOCAL_FOLDER, "clock-offset");
const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

const controlsOf = ({ lambda }: Stack, conversation: Conversation): Controls => ({
  async setClock(instant) {
    await setClock(CLOCK_FILE, instant, Date.now());
    conversation.note(`The stack's clock now stands at ${describeInstant(instant)[0]}.`);
  },
  async tick() {
    const result = JSON.parse(await tickNow(lambda)) as Awaited<ReturnType<Controls["tick"]>>;
    if (!Array.isArray(result.turns))
      throw new Surprise(`The scheduled function should say what it turned, and said ${JSON.stringify(result)}.`);
    return result;
  },
});

await runCommand(async () => {
  const stack = await runningStack(join(LOCAL_FOLDER, "stack.json"));
  if (!stack) throw new SetupError("No stack is running here: start one with npm start in another terminal, then run npm run demo again.");
  const conversation = new Conversation(stack.api, await openIssuer(LOCAL_FOLDER), console.log);
  try {
    const now = Date.now() + (await readOffset(CLOCK_FILE));
    const season = await chooseFestival(conversation, now);
    const controls = controlsOf(stack, conversation);
    const aWeekBefore = Date.parse(season.phases[0].opensAt) - WEEK_MS;
    if (now < aWeekBefore) await controls.setClock(aWeekBefore);
    await walk(conversation, season, controls);
    const [shanghai] = describeInstant(Date.now() + (await readOffset(CLOCK_FILE)));
    console.log(`\nThe gate opened and closed as it should. It is now ${shanghai} on this stack; run the demo again for the next year's.`);
  } catch (error) {
    if (!(error instanceof Surprise)) throw error;
    throw new SetupError(`\nA surprise: ${error.message}`);
  }
});
