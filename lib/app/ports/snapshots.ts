import type { Snapshot } from "../../domain/snapshot.ts";
import type { Instant } from "../../domain/window.ts";

/** Which snapshot serves now. `version` counts publications, also those that found nothing changed. */
export interface SnapshotPointer {
  readonly version: number;
  readonly fingerprint: string;
  /** The version under which this content was first published, and the one before it: an instance may still be reading that. */
  readonly since: number;
  readonly before: number;
  readonly parts: number;
  readonly publishedAt: Instant;
}

export interface SnapshotStore {
  /** Consistent. */
  pointer(surface: string): Promise<SnapshotPointer | undefined>;
  load(surface: string, pointer: SnapshotPointer): Promise<Snapshot>;
  /**
   * Publishes as the version after `over`; false when another publisher was first. What is there already is published again
   * under the next version, so that a publisher who read an older lineup meanwhile cannot put that over it.
   */
  publish(snapshot: Snapshot, over: SnapshotPointer | undefined, at: Instant): Promise<boolean>;
}
