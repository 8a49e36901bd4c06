import type { AuditEvent } from "../../domain/audit.ts";
import type { Announcement, FedChange } from "../../domain/change.ts";

/** Every party's own ordered feed of changes, in the Registry. */
export interface FeedStore {
  /** Gives each announcement's entries their places, once however often and by however many it is called. @throws Unavailable. */
  announce(announcements: readonly Announcement[]): Promise<void>;
  /** Of what no stream record has brought to announcement yet, the oldest. May lag behind the latest writes. */
  waiting(most: number): Promise<readonly AuditEvent[]>;
  /** At most so many changes that follow `since`, consistent; one may be missing among them (`unbroken`). */
  after(feed: string, since: number, most: number): Promise<readonly FedChange[]>;
  /** The sequence of the last change, 0 when there is none. Consistent. */
  end(feed: string): Promise<number>;
}
