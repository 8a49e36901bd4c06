import type { Context } from "aws-lambda";
import { publishSnapshots } from "../lib/app/publish-snapshots.ts";
import { turnSeasons } from "../lib/app/turn-seasons.ts";
import { publisher } from "../lib/deps/publisher.ts";

const deps = publisher();
const turn = turnSeasons(deps);
const publish = publishSnapshots(deps);

/** EventBridge calls every minute. What the event says is not read: the time is the clock's (reliability.md F19). */
export const handler = async (_event: unknown, { awsRequestId }: Context) => {
  const turns = await turn(awsRequestId);
  await publish();
  return { turns };
};
