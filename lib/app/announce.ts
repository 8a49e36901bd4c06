import type { AuditEvent } from "../domain/audit.ts";
import { announcementOf } from "../domain/change.ts";
import type { FeedStore } from "./ports/feed.ts";
import { Unavailable } from "./ports/unavailable.ts";
import type { Log, Now } from "./ports/world.ts";

interface Deps {
  readonly feed: FeedStore;
  readonly now: Now;
  readonly log: Log;
}

/** How long the stream is given to bring a change before the sweep looks after it. Milliseconds. */
const STREAM_TIME = 60_000;
/** Changes one sweep takes on. */
const MOST_SWEPT = 1_000;

/** Puts what the events tell into the feeds of those they concern, in order, once however often it is called. @throws Unavailable. */
export const announce =
  ({ feed }: Pick<Deps, "feed">) =>
  (events: readonly AuditEvent[]) =>
    feed.announce(events.map(announcementOf));

/**
 * Announces what its stream record did not: one that was given up after its retries, or came too late. So no change is lost
 * that was committed. It may come after later changes of its subject then; their versions tell.
 */
export const sweep =
  ({ feed, now, log }: Deps) =>
  async () => {
    const late = (await feed.waiting(MOST_SWEPT)).filter(({ at }) => at <= now() - STREAM_TIME);
    if (late.length === 0) return { swept: 0 };
    log("warn", "announcements-late", { count: late.length, oldest: late[0]?.id });
    for (const event of late) await announceOne({ feed, log }, event);
    return { swept: late.length };
  };

/** One that cannot be announced is for a person to look at, and holds up no other. @throws Unavailable, since the others would fare no better. */
async function announceOne({ feed, log }: Pick<Deps, "feed" | "log">, event: AuditEvent): Promise<void> {
  try {
    await announce({ feed })([event]);
  } catch (error) {
    if (error instanceof Unavailable) throw error;
    log("error", "announcement-impossible", { event: event.id });
  }
}
