import type { Context } from "aws-lambda";
import { tick } from "../lib/app/tick.ts";
import { publisher } from "../lib/deps/publisher.ts";
import { timeLeft } from "../lib/deps/time-left.ts";

const time = timeLeft();
const run = tick(publisher(time.mayWrite));

/** EventBridge calls every minute. What the event says is not read: the time is the clock's (reliability.md F19). */
export const handler = async (_event: unknown, context: Context) => {
  time.begin(() => context.getRemainingTimeInMillis());
  return run(context.awsRequestId);
};
