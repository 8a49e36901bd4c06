import { describe, expect, test } from "@jest/globals";
import * as fc from "fast-check";
import {
  type Aim,
  aimAt,
  type Board,
  boardVersionAt,
  EMPTY_BOARD,
  INSTALLATION,
  type KillSwitch,
  liftSwitch,
  mayKnow,
  mayLift,
  type Place,
  stops,
  thrownAt,
  thrownIn,
  throwSwitch,
} from "../../../lib/domain/kill-switch.ts";
import { refusalOf } from "./fixtures.ts";

const HERE: Place = {
  host: "wechat",
  surface: "wechat-moments",
  season: "618-2024",
  phase: "wave-1",
  brand: "brd_1",
  campaign: "cmp_1",
  card: "crd_1",
};
const live = (aim: Partial<Aim>, id = "swt_1") => ({ id, owner: "wechat", level: "host", aim: aimAt(aim) }) as const;
const turn = (at: number) => ({ by: "chen", at, why: "A test." });

describe("a switch stops every place that has all of its parts:", () => {
  test.each<[name: string, aim: Partial<Aim>]>([
    ["all", {}],
    ["the host", { host: "wechat" }],
    ["the surface", { host: "wechat", surface: "wechat-moments" }],
    ["the season", { host: "wechat", season: "618-2024" }],
    ["the season on the surface", { host: "wechat", season: "618-2024", surface: "wechat-moments" }],
    ["the phase", { host: "wechat", season: "618-2024", phase: "wave-1" }],
    ["the brand", { host: "wechat", brand: "brd_1" }],
    ["the brand in the season", { host: "wechat", brand: "brd_1", season: "618-2024" }],
    ["the campaign", { host: "wechat", campaign: "cmp_1" }],
    ["the card", { host: "wechat", card: "crd_1" }],
  ])("%s", (_name, aim) => {
    expect(stops(live(aim), HERE)).toBe(true);
    for (const part of Object.keys(aim)) expect(stops(live({ ...aim, [part]: "another" }), HERE)).toBe(false);
  });

  test("and not one that has not got so far: a card's switch is not its brand's, nor a link's its card's", () => {
    const { card: _card, campaign: _campaign, ...brand } = HERE;
    expect(stops(live({ host: "wechat", card: "crd_1" }), brand)).toBe(false);
    expect(stops(live({ host: "wechat", linkKind: "app" }), HERE)).toBe(false);
    expect(stops(live({ host: "wechat", linkKind: "app" }), { ...HERE, linkKind: "app" })).toBe(true);
    expect(stops(live({ host: "wechat", linkKind: "app" }), { ...HERE, linkKind: "web" })).toBe(false);
  });

  test("a phase's does not stop the time between phases, in which there is nothing to stop", () => {
    expect(stops(live({ host: "wechat", season: "618-2024", phase: "wave-1" }), { ...HERE, phase: undefined })).toBe(false);
  });
});

describe("throwing and lifting", () => {
  test("keep who, when and why, and the version the board then had", () => {
    const { board, changed } = throwSwitch(EMPTY_BOARD, live({}), turn(5));
    expect(board).toEqual({ version: 1, live: [live({})] });
    expect(changed).toEqual({ ...live({}), thrown: { ...turn(5), in: 1 }, lifted: null, version: 1 });
    const lifted = liftSwitch(board, changed, { by: "li", at: 9, why: "Over." });
    expect(lifted.board).toEqual({ version: 2, live: [] });
    expect(lifted.changed).toEqual({ ...changed, lifted: { by: "li", at: 9, why: "Over.", in: 2 }, version: 2 });
  });

  test("a switch is lifted once", () => {
    const { board, changed } = throwSwitch(EMPTY_BOARD, live({}), turn(5));
    const { board: after, changed: lifted } = liftSwitch(board, changed, turn(6));
    expect(refusalOf(() => liftSwitch(after, lifted, turn(7))).code).toBe("wrong-state");
  });

  test("an owner has at most a hundred thrown, and does not take the place of another's", () => {
    const full: Board = { version: 100, live: Array.from({ length: 100 }, (_, index) => live({}, `swt_${index}`)) };
    expect(refusalOf(() => throwSwitch(full, live({}, "swt_x"), turn(1))).code).toBe("too-many-switches");
    expect(throwSwitch(full, { ...live({}, "swt_x"), owner: "another" }, turn(1)).board.live).toHaveLength(101);
  });

  test("the records tell any board there was, by its version and by the instant", () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.boolean(), fc.nat(9), fc.integer({ min: 1, max: 50 })), { maxLength: 30 }), (turns) => {
        let board: Board = EMPTY_BOARD;
        let at = 0;
        const records = new Map<string, KillSwitch>();
        const seen: { at: number; board: Board }[] = [{ at, board }];
        for (const [isThrow, which, later] of turns) {
          at += later;
          const target = [...records.values()].filter(({ lifted }) => !lifted)[which];
          if (!isThrow && !target) continue;
          const next =
            target && !isThrow ? liftSwitch(board, target, turn(at)) : throwSwitch(board, live({}, `swt_${records.size}`), turn(at));
          board = next.board;
          records.set(next.changed.id, next.changed);
          seen.push({ at, board });
        }
        const ids = (switches: readonly { readonly id: string }[]) => switches.map(({ id }) => id).sort();
        const all = [...records.values()];
        for (const [index, then] of seen.entries()) {
          expect(ids(thrownIn(all, then.board.version))).toEqual(ids(then.board.live));
          for (const instant of [then.at, (seen[index + 1]?.at ?? then.at + 1) - 1]) {
            expect(ids(thrownAt(all, instant))).toEqual(ids(then.board.live));
            expect(boardVersionAt(all, instant)).toBe(then.board.version);
          }
        }
      }),
    );
  });
});

describe("whose a switch is", () => {
  const user = (tenant: string) => ({ sub: "x", role: "operator", tenant }) as const;

  test.each([
    ["wechat", "wechat", true],
    ["another", "wechat", false],
    [INSTALLATION, "wechat", true],
    ["wechat", INSTALLATION, false],
    [INSTALLATION, INSTALLATION, true],
  ])("an operator of %s may lift what one of %s has thrown: %s", (tenant, owner, may) => {
    expect(mayLift(user(tenant), { owner })).toBe(may);
  });

  test.each([
    ["wechat", "wechat", true],
    ["wechat", null, true],
    ["another", "wechat", false],
    [INSTALLATION, "wechat", true],
  ])("somebody of %s may know of one that stops %s: %s", (tenant, host, may) => {
    expect(mayKnow(user(tenant), { aim: aimAt({ host }) })).toBe(may);
  });
});
