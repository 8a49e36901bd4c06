import type { User } from "./authorisation.ts";
import type { LinkKind } from "./destination.ts";
import { Refusal } from "./refusal.ts";
import type { Act } from "./review.ts";
import type { Instant } from "./window.ts";

/** What a switch may stop, from the widest to the narrowest. */
export const SWITCH_LEVELS = ["all", "host", "surface", "season", "phase", "brand", "campaign", "card", "link-kind"] as const;
export type SwitchLevel = (typeof SWITCH_LEVELS)[number];

/** Where something is served, as far as the asker has got: a brand has no card yet. */
export interface Place {
  readonly host: string;
  readonly surface: string;
  readonly season?: string | undefined;
  readonly phase?: string | undefined;
  readonly brand?: string | undefined;
  readonly campaign?: string | undefined;
  readonly card?: string | undefined;
  readonly linkKind?: LinkKind | undefined;
}

/** What a switch stops: every place that has all of this. Null leaves a part open; a switch of level `all` leaves all of them open. */
export type Aim = { readonly [Part in keyof Place]-?: NonNullable<Place[Part]> | null };

const PARTS = ["host", "surface", "season", "phase", "brand", "campaign", "card", "linkKind"] as const satisfies readonly (keyof Aim)[];

/** The aim at all that has these parts. */
export const aimAt = (parts: Partial<Aim>): Aim => ({ ...EVERYTHING, ...parts });

const EVERYTHING: Aim = {
  host: null,
  surface: null,
  season: null,
  phase: null,
  brand: null,
  campaign: null,
  card: null,
  linkKind: null,
};

/** As much of a thrown switch as deciding needs. `owner`: whose operator threw it, a host or `*` for the installation's. */
export interface LiveSwitch {
  readonly id: string;
  readonly owner: string;
  readonly level: SwitchLevel;
  readonly aim: Aim;
}

/** The switches that are thrown. Each throw and each lift is a version of the board. */
export interface Board {
  readonly version: number;
  readonly live: readonly LiveSwitch[];
}

export const EMPTY_BOARD: Board = { version: 0, live: [] };

/** A switch with its story: kept for good, also once lifted. `in` is the version the board then had. */
export interface KillSwitch extends LiveSwitch {
  readonly thrown: Turned;
  readonly lifted: Turned | null;
  readonly version: number;
}

interface Turned {
  readonly by: string;
  readonly at: Instant;
  readonly why: string;
  readonly in: number;
}

/**
 * Switches one owner may have thrown at a time: the board is one item, read by every instance every two seconds. An entry
 * takes some 300 bytes and an item holds 400 KB (AWS), so that thirteen hosts at their limit fit.
 */
const MOST_LIVE = 100;

/** Whether the switch stops this place. */
export const stops = ({ aim }: LiveSwitch, place: Place): boolean => PARTS.every((part) => aim[part] === null || aim[part] === place[part]);

/** Whether any of them does. */
export const isStopped = (switches: readonly LiveSwitch[], place: Place): boolean => switches.some((each) => stops(each, place));

/** A change of the board, and of one switch with it. */
export interface Switching {
  readonly board: Board;
  readonly changed: KillSwitch;
}

type Why = Act & { readonly why: string };

/** @throws Refusal `too-many-switches`. */
export function throwSwitch(board: Board, { id, owner, level, aim }: LiveSwitch, { by, at, why }: Why): Switching {
  if (board.live.filter((each) => each.owner === owner).length >= MOST_LIVE) throw new Refusal("too-many-switches");
  const version = board.version + 1;
  const live = { id, owner, level, aim };
  return {
    board: { version, live: [...board.live, live] },
    changed: { ...live, thrown: { by, at, why, in: version }, lifted: null, version: 1 },
  };
}

/** @throws Refusal `wrong-state` when it is lifted already. */
export function liftSwitch(board: Board, thrown: KillSwitch, { by, at, why }: Why): Switching {
  if (thrown.lifted) throw new Refusal("wrong-state", [{ code: "lifted", field: "", detail: "It is lifted; nothing more is possible." }]);
  const version = board.version + 1;
  return {
    board: { version, live: board.live.filter(({ id }) => id !== thrown.id) },
    changed: { ...thrown, lifted: { by, at, why, in: version }, version: thrown.version + 1 },
  };
}

/** What was thrown at an instant: from the throw on, until it is lifted. */
export const thrownAt = (switches: readonly KillSwitch[], at: Instant): readonly KillSwitch[] =>
  switches.filter(({ thrown, lifted }) => thrown.at <= at && (lifted === null || at < lifted.at));

/** What was thrown on a version of the board. */
export const thrownIn = (switches: readonly KillSwitch[], version: number): readonly KillSwitch[] =>
  switches.filter(({ thrown, lifted }) => thrown.in <= version && (lifted === null || version < lifted.in));

/** The version the board had at an instant. */
export const boardVersionAt = (switches: readonly KillSwitch[], at: Instant): number =>
  Math.max(
    0,
    ...switches.flatMap(({ thrown, lifted }) => [thrown, lifted]).flatMap((turned) => (turned && turned.at <= at ? [turned.in] : [])),
  );

/**
 * Whether the switch is the user's to lift. A host's operator lifts its own and not one that the installation's operator,
 * whose tenant is `*`, has thrown against it; that one lifts any.
 */
export const mayLift = ({ tenant }: User, { owner }: Pick<LiveSwitch, "owner">): boolean => tenant === INSTALLATION || tenant === owner;

/** Whether a user may know of the switch: a host of its own, and of those that stop everybody. */
export const mayKnow = ({ tenant }: User, { aim }: Pick<LiveSwitch, "aim">): boolean =>
  tenant === INSTALLATION || aim.host === null || aim.host === tenant;

/** The tenant of those who answer for every host: auditors, and the operators of the installation. */
export const INSTALLATION = "*";
