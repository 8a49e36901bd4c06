import type { Snapshot } from "../../domain/snapshot.ts";
import type { Instant } from "../../domain/window.ts";

/** A snapshot's content, and when it was published. */
export interface SnapshotContent {
  /** The version under which this content was first published, and the instant. */
  readonly since: number;
  readonly sinceAt: Instant;
  readonly fingerprint: string;
  readonly parts: number;
  /** By the machine's clock, after which DynamoDB may drop its parts. Epoch seconds. */
  readonly keptUntil: number;
}

/** Which snapshot serves now. `version` counts publications, also those that found nothing changed. */
export interface SnapshotPointer extends SnapshotContent {
  readonly version: number;
  readonly publishedAt: Instant;
  /** The same by the machine's clock, which nobody moves: it tells the snapshot's age. */
  readonly renewedAt: Instant;
}

export interface SnapshotStore {
  /** Consistent. */
  pointer(surface: string): Promise<SnapshotPointer | undefined>;
  load(surface: string, content: SnapshotContent): Promise<Snapshot>;
  /**
   * Publishes as the version after `over`; false when another publisher was first. What is there already is published again
   * under the next version, so that a publisher who read an older lineup meanwhile cannot put that over it.
   */
  publish(snapshot: Snapshot, over: SnapshotPointer | undefined, at: Instant): Promise<boolean>;
}

/** What was published, as far back as it is kept. @throws Unavailable. */
export interface SnapshotHistory extends Pick<SnapshotStore, "pointer"> {
  /** The content that was published at `at`, and at most `most` that followed it, in order; none when that is not kept. */
  from(surface: string, at: Instant, most: number): Promise<readonly SnapshotContent[]>;
  /** The content first published under this version. */
  content(surface: string, since: number): Promise<SnapshotContent | undefined>;
  /** Undefined when it is no longer kept. */
  recall(surface: string, content: SnapshotContent): Promise<Snapshot | undefined>;
}
