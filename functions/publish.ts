import type { DynamoDBStreamEvent } from "aws-lambda";
import { publishSnapshots } from "../lib/app/publish-snapshots.ts";
import { publisher } from "../lib/deps/publisher.ts";
import { isServed } from "../lib/store/keys.ts";

const publish = publishSnapshots(publisher());

/** The Registry's stream: whatever may be served has changed, so the snapshot is made anew. Twice is as good as once. */
export const handler = async ({ Records }: DynamoDBStreamEvent) => {
  if (Records.some(({ dynamodb }) => isServed(dynamodb?.Keys?.["pk"]?.S ?? ""))) await publish();
};
