import { HOUR_MS, type Instant } from "../domain/window.ts";

/** Who asks: a viewer, and where the host says so the network the viewer comes from. */
export interface Comer {
  readonly viewer: string;
  readonly network?: string | undefined;
}

/** Impressions that are taken out of campaigns' caps for one viewer in an hour; more is no person's reading. */
const OF_VIEWER = 60;
/** The same for one network, behind which many may be. */
const OF_NETWORK = 6_000;
/** Names kept; when there are more, all are forgotten. */
const MOST_NAMES = 50_000;

/**
 * Keeps one viewer, or one network with however many viewers, from using a rival's caps up (reliability.md T10). Each instance counts for
 * itself, in memory alone: a campaign's own frequency cap is the exact one, this bounds those that have none.
 */
export class Turnstile {
  #hour = 0;
  #counts = new Map<string, number>();

  isOpenTo({ viewer, network }: Comer, at: Instant): boolean {
    const hour = Math.floor(at / HOUR_MS);
    if (hour !== this.#hour || this.#counts.size > MOST_NAMES) [this.#hour, this.#counts] = [hour, new Map()];
    return this.#of(`v${viewer}`) < OF_VIEWER && (network === undefined || this.#of(`n${network}`) < OF_NETWORK);
  }

  /** One impression was taken for them. */
  count({ viewer, network }: Comer): void {
    this.#counts.set(`v${viewer}`, this.#of(`v${viewer}`) + 1);
    if (network !== undefined) this.#counts.set(`n${network}`, this.#of(`n${network}`) + 1);
  }

  #of(name: string): number {
    return this.#counts.get(name) ?? 0;
  }
}
