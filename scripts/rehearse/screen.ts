import type { WriteStream } from "node:tty";
import { finding, picture, sentence } from "./picture.ts";
import type { Performance } from "./play.ts";
import type { Timetable } from "./timetable.ts";

const REDRAW_MS = 100;
/** Where it cannot be redrawn in place, a line now and then. */
const SAY_MS = 5_000;

/** How many broken promises are told in full; the report has more. */
const MOST_TOLD = 10;

/** Shows a rehearsal while it is played. @returns what draws it a last time and leaves it there. */
export function show(times: Timetable, performance: Performance, out: WriteStream): () => void {
  let told = 0;
  const tell = () => {
    const news = performance.findings.told.slice(told, MOST_TOLD);
    for (const found of news) out.write(`${finding(times, found)}\n`);
    told += news.length;
  };
  if (!out.isTTY) {
    const say = () => {
      tell();
      out.write(`${sentence(times, performance)}\n`);
    };
    const timer = setInterval(say, SAY_MS);
    return () => {
      clearInterval(timer);
      say();
    };
  }
  const color = !process.env["NO_COLOR"];
  let drawn = 0;
  const draw = () => {
    // The last column is left free: a terminal that wraps there would move everything by a line.
    const lines = picture(times, performance, { width: (out.columns || 80) - 1, color });
    const up = drawn > 0 ? `\u001b[${drawn}A\r` : "";
    out.write(`${up}${lines.map((line) => `${line}\u001b[K\n`).join("")}\u001b[J`);
    drawn = lines.length;
  };
  const timer = setInterval(draw, REDRAW_MS);
  return () => {
    clearInterval(timer);
    draw();
    tell();
  };
}
