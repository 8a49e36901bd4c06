import { NO_AD } from "../../lib/domain/no-ad.ts";
import { inZone } from "./local-time.ts";
import type { Counts, Stretch } from "./measures.ts";
import type { Performance } from "./play.ts";
import { type Broken, PROMISE_NAMES, PROMISES } from "./promises.ts";
import type { Timetable } from "./timetable.ts";

const BOLD = "\u001b[1m";
const DIM = "\u001b[2m";
const GREEN = "\u001b[32m";
const RED = "\u001b[31m";
const RESET = "\u001b[0m";

export interface Frame {
  readonly width: number;
  readonly color: boolean;
}

const whole = new Intl.NumberFormat("en");
const NARROWEST = 40;

/** The rehearsal as it stands, in lines no wider than the terminal. */
export function picture(times: Timetable, performance: Performance, frame: Frame): string[] {
  const width = Math.max(NARROWEST, frame.width);
  const paint = (code: string, text: string) => (frame.color ? `${code}${text}${RESET}` : text);
  const { measured, findings, clock } = performance;
  const broken = PROMISE_NAMES.reduce((sum, name) => sum + findings.broken[name], 0);
  const checked = PROMISE_NAMES.reduce((sum, name) => sum + findings.checked[name], 0);
  const now = clock.now();
  const here = measured.at(now);
  const share = (now - times.startsAt) / (times.endsAt - times.startsAt);
  const states = Object.entries(performance.states()).map(([state, count]) => `${count} ${state}`);
  const verdict = `${whole.format(checked)} checks, ${whole.format(broken)} broken promises`;
  return [
    paint(BOLD, cut(`${times.names.en} (${times.id})  ${inZone(times.zone)(now).slice(0, 19)} ${times.zone}`, width)),
    bar(measured.stretches, times, { now, width, paint }),
    cut(`${" ".repeat(Math.min(Math.floor(share * width), width - 1))}▲`, width),
    paint(DIM, cut(row(["", "decisions", "cards", "seen", "tapped", "no ad, by code"]), width)),
    ...measured.stretches.map((stretch) => {
      const line = cut(row([stretch.id, ...figures(stretch.counts), noAds(stretch.counts)]), width);
      return stretch === here ? paint(BOLD, line) : line;
    }),
    cut(`applications: ${states.join(", ") || "none yet"}`, width),
    cut(
      `${Math.floor(share * 100)} %, ${whole.format(Math.round(clock.speed()))} times as fast as life, ${measured.totals.overHttp} decisions over HTTP`,
      width,
    ),
    paint(broken > 0 ? RED : GREEN, cut(verdict, width)),
    ...findings.told
      .slice(-1)
      .flatMap((found) => finding(times, found).split("\n"))
      .map((line) => paint(RED, cut(line, width))),
  ];
}

/** A broken promise: which, when, by which request, and what was seen. */
export const finding = ({ zone }: Timetable, found: Broken): string =>
  `✘ ${PROMISES[found.promise].en}\n  ${inZone(zone)(found.at)} ${zone}, request ${found.requestId ?? "none"}: ${found.what}`;

/** One line that says the same, for where nothing can be redrawn. */
export function sentence(times: Timetable, { clock, measured, findings, states }: Performance): string {
  const now = clock.now();
  const broken = PROMISE_NAMES.reduce((sum, name) => sum + findings.broken[name], 0);
  const applications = Object.entries(states()).map(([state, count]) => `${count} ${state}`);
  const { counts, id } = measured.at(now);
  return [
    `${inZone(times.zone)(now).slice(0, 16)} ${id}`,
    `${whole.format(measured.totals.decisions)} decisions (here ${figures(counts).join(", ")} decisions, cards, seen, tapped)`,
    applications.join(", ") || "no applications",
    `${broken} broken`,
    `${whole.format(Math.round(clock.speed()))}×`,
  ].join(" · ");
}

const figures = ({ decisions, cards, impressions, clicks }: Counts) =>
  [decisions, cards, impressions, clicks].map((count) => whole.format(count));

const noAds = ({ noAds: counts }: Counts) =>
  Object.entries(counts)
    .map(([reason, count]) => [NO_AD[reason as keyof typeof NO_AD], count] as const)
    .sort(([one], [other]) => one - other)
    .map(([code, count]) => `${code}×${whole.format(count)}`)
    .join(" ");

const WIDTHS = [16, 10, 9, 8, 7] as const;

const row = ([name = "", ...cells]: readonly string[]) =>
  [
    name.slice(0, WIDTHS[0] - 1).padEnd(WIDTHS[0]),
    ...cells.map((cell, index) => (index < WIDTHS.length - 1 ? cell.padStart(WIDTHS[index + 1] ?? 0) : `  ${cell}`)),
  ].join("");

interface Drawing {
  readonly now: number;
  readonly width: number;
  readonly paint: (code: string, text: string) => string;
}

/** Full where a window is open, dots where none is; what is still to come is fainter. */
function bar(stretches: readonly Stretch[], { startsAt, endsAt }: Timetable, { now, width, paint }: Drawing): string {
  const cells = Array.from({ length: width }, (_, cell) => {
    const at = startsAt + ((endsAt - startsAt) * (cell + 0.5)) / width;
    const isOpen = stretches.some(({ kind, from, until }) => kind === "open" && at >= from && at < until);
    return isOpen ? (at <= now ? "█" : "▒") : "·";
  }).join("");
  const done = Math.max(0, Math.min(width, Math.floor(((now - startsAt) / (endsAt - startsAt)) * width)));
  return `${paint(GREEN, cells.slice(0, done))}${paint(DIM, cells.slice(done))}`;
}

/** All that is drawn here is one column to a character, but for names, which are cut to be safe. */
function cut(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, width - 1).join("")}…`;
}
