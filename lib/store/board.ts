import { Unreadable } from "../app/ports/unreadable.ts";
import { type Board, EMPTY_BOARD } from "../domain/kill-switch.ts";
import { keys } from "./keys.ts";
import type { Reads } from "./reads.ts";

/** Which switches are thrown, for those who serve: they read it every two seconds, and have no zod. @throws Unreadable. */
export const boardReader = (registry: Pick<Reads, "get">) => ({
  async board(): Promise<Board> {
    const item = await registry.get(keys.board);
    const board = item ? item["doc"] : EMPTY_BOARD;
    if (!isBoard(board)) throw new Unreadable(new TypeError("the board of switches is not what we write"));
    return board;
  },
});

/** Its wire form is its own: there is no instant in it. */
const isBoard = (value: unknown): value is Board =>
  typeof value === "object" &&
  value !== null &&
  "version" in value &&
  Number.isSafeInteger(value.version) &&
  "live" in value &&
  Array.isArray(value.live) &&
  value.live.every((each) => typeof each?.aim === "object" && each.aim !== null);
