import { NO_AD, type NoAdReason } from "../../lib/domain/no-ad.ts";
import { bars, overTime, type Series, type Size, type TimeScale } from "./charts.ts";
import { type Html, html, raw } from "./html.ts";
import { inZone } from "./local-time.ts";
import { type Measures, percentile, type Stretch } from "./measures.ts";
import type { Performance } from "./play.ts";
import { PROMISE_NAMES, PROMISES, type PromiseName, unchecked } from "./promises.ts";
import { STYLE } from "./report-style.ts";
import { type Language, WORDS, type Words } from "./report-words.ts";
import type { Timetable } from "./timetable.ts";

export interface Figures {
  readonly seconds: number;
  readonly decisions: number;
  readonly overHttp: number;
  readonly perSecond: number;
  readonly speed: number;
  readonly peakRssMb: number;
  readonly machine: string;
}

export interface Rehearsed {
  readonly times: Timetable;
  readonly played: Pick<Performance, "measured" | "findings">;
  readonly figures: Figures;
  /** The promises that had to be looked at. */
  readonly expected: readonly PromiseName[];
  readonly command: string;
}

const LANGUAGES = ["en", "zh"] as const satisfies readonly Language[];
const LANGUAGE_NAMES = { en: "English", zh: "中文" } as const;
const HTML_LANG = { en: "en", zh: "zh-Hans" } as const;
const HOUR_MS = 3_600_000;
const SHARES = [0.5, 0.9, 0.95, 0.99, 0.999] as const;
const SCREEN: Size = { width: 960, height: 320 };
const PHONE: Size = { width: 350, height: 300 };

/** The whole report as one file that needs nothing else: no script, no network. */
export function report(rehearsed: Rehearsed): string {
  const { times } = rehearsed;
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${times.names.en} · ${WORDS.en.title} · ${WORDS.zh.title}</title>
<style>${raw(STYLE)}</style>
</head>
<body>
<fieldset class="languages"><legend>${WORDS.en.language} · ${WORDS.zh.language}</legend>
${LANGUAGES.map(
  (
    language,
    index,
  ) => html`<label><input type="radio" name="language" id="in-${language}"${index === 0 ? " checked" : ""}> <span lang="${HTML_LANG[language]}">${LANGUAGE_NAMES[language]}</span></label>
`,
)}</fieldset>
${LANGUAGES.map(
  (language) => html`<main class="${language}" lang="${HTML_LANG[language]}">${body(rehearsed, language)}</main>
`,
)}
</body>
</html>
`;
  return page.html;
}

function body(rehearsed: Rehearsed, language: Language): readonly Html[] {
  const { times, figures, command } = rehearsed;
  const words = WORDS[language];
  const whole = new Intl.NumberFormat(language);
  const facts = [
    [words.decisions, `${whole.format(figures.decisions)} (${words.overHttp}: ${whole.format(figures.overHttp)})`],
    [words.seconds, `${figures.seconds.toFixed(1)} (${words.perSecond}: ${whole.format(Math.round(figures.perSecond))})`],
    [words.speed, whole.format(Math.round(figures.speed))],
    [words.memory, `${whole.format(Math.round(figures.peakRssMb))} MB`],
    [words.machine, figures.machine],
    [words.zone, times.zone],
  ] as const;
  return [
    html`<h1>${times.names[language]} <small>${words.title} · ${times.id}</small></h1>
${verdict(rehearsed, words)}
<dl>${facts.map(([term, fact]) => html`<div><dt>${term}</dt><dd>${fact}</dd></div>`)}</dl>
<p>${words.again}: <code>${command}</code></p>
`,
    promises(rehearsed, language),
    faults(rehearsed, language),
    ...charts(rehearsed, language),
  ];
}

function verdict({ played: { findings }, expected }: Rehearsed, words: Words): Html {
  const broken = expected.filter((name) => findings.broken[name] > 0).length;
  const missing = unchecked(findings, expected).length;
  return broken + missing === 0
    ? html`<p class="verdict kept">✔ ${words.kept(expected.length)}</p>`
    : html`<p class="verdict broken">✘ ${words.notKept(broken, missing)}</p>`;
}

function promises({ played: { findings }, expected }: Rehearsed, language: Language): Html {
  const words = WORDS[language];
  const whole = new Intl.NumberFormat(language);
  const verdictOf = (name: PromiseName) => {
    if (findings.broken[name] > 0) return "broken";
    if (findings.checked[name] > 0) return "kept";
    return expected.includes(name) ? "unchecked" : "absent";
  };
  const rows = PROMISE_NAMES.map((name) => [
    html`${PROMISES[name][language]}`,
    html`${whole.format(findings.checked[name])}`,
    html`${whole.format(findings.broken[name])}`,
    html`<span class="${verdictOf(name)}">${words.verdicts[verdictOf(name)]}</span>`,
  ]);
  return html`<h2>${words.promises}</h2>${table([words.promise, words.looked, words.broken, words.verdict], rows, words.promises)}`;
}

function faults({ times, played: { findings } }: Rehearsed, language: Language): Html {
  if (findings.told.length === 0) return html``;
  const words = WORDS[language];
  const time = inZone(times.zone);
  const rows = findings.told.map(({ promise, at, requestId, what }) => [time(at), PROMISES[promise][language], requestId ?? "", what]);
  return html`<h2>${words.faults}</h2>${table([words.time, words.promise, words.request, words.what], rows, words.faults)}`;
}

function charts({ times, played: { measured } }: Rehearsed, language: Language): Html[] {
  const words = WORDS[language];
  const time = inZone(times.zone);
  const nameOf = (stretch: Stretch) => stretchName(stretch, times, language);
  const scale: TimeScale = {
    from: times.startsAt,
    until: times.endsAt,
    day: (at) => time(at).slice(5, 10),
    open: measured.stretches.filter(({ kind }) => kind === "open").map((stretch) => ({ ...stretch, name: nameOf(stretch) })),
  };
  const hours = measured.hours.map((_, hour) => times.startsAt + hour * HOUR_MS);
  const perHour: Series[] = [
    { name: words.decisions, values: measured.hours.map(({ decisions }) => decisions) },
    { name: words.cards, values: measured.hours.map(({ cards }) => cards) },
  ];
  const stretchNames = measured.stretches.map(nameOf);
  const reasons = namesIn(measured.stretches.map(({ counts }) => counts.noAds));
  const empty: Series[] = reasons.map((reason) => ({
    name: reason,
    values: measured.stretches.map(({ counts }) => counts.noAds[reason] ?? 0),
  }));
  const stateNames = namesIn(measured.states.map(({ counts }) => counts));
  const states: Series[] = stateNames.map((state) => ({
    name: words.stateNames[state] ?? state,
    values: measured.states.map(({ counts }) => counts[state] ?? 0),
  }));
  const at = measured.states.map((sample) => sample.at);
  const links = Object.entries(measured.links)
    .map(([link, clicks]) => [link === "expired" ? words.expired : link, clicks] as const)
    .sort(([, one], [, other]) => other - one);
  const shares = SHARES.map((share) => [`p${share * 100}`, percentile(measured.latencies, share)] as const);
  const ms = (value: number) => value.toFixed(1);
  return [
    figure(words.perHour, words.perHourSaid, (size) => overTime(size, scale, hours, perHour), {
      words,
      said: words.perDay,
      heads: [words.day, words.decisions, words.cards],
      rows: byDay(measured, hours, time),
    }),
    figure(words.noAds, words.noAdsSaid, (size) => bars(size, stretchNames, empty), {
      words,
      heads: [words.stretch, words.decisions, words.cards, words.impressions, words.clicks, ...reasons.map(coded)],
      rows: measured.stretches.map(({ counts }, index) => [
        stretchNames[index] ?? "",
        ...[counts.decisions, counts.cards, counts.impressions, counts.clicks].map(String),
        ...reasons.map((reason) => String(counts.noAds[reason] ?? 0)),
      ]),
    }),
    figure(words.states, words.statesSaid, (size) => overTime(size, scale, at, states, true), {
      words,
      said: words.perDay,
      heads: [words.day, ...stateNames.map((state) => words.stateNames[state] ?? state)],
      rows: measured.states
        .filter((_, index) => index % 4 === 0)
        .map((sample) => [time(sample.at).slice(0, 10), ...stateNames.map((state) => String(sample.counts[state] ?? 0))]),
    }),
    figure(words.links, words.linksSaid, (size) => bars(size, links.map(first), [{ name: words.clicks, values: links.map(second) }]), {
      words,
      heads: [words.link, words.clicks],
      rows: links.map(([link, count]) => [link, String(count)]),
    }),
    figure(
      words.latency,
      words.latencySaid,
      (size) => bars(size, shares.map(first), [{ name: words.milliseconds, values: shares.map(second) }], ms),
      {
        words,
        heads: [words.share, words.milliseconds],
        rows: shares.map(([share, value]) => [share, ms(value)]),
      },
    ),
  ];
}

/** A reason with its number, as the README's table has them. */
const coded = (reason: string) => `${NO_AD[reason as NoAdReason] ?? ""} ${reason}`;

const first = ([name]: readonly [string, number]) => name;
const second = ([, value]: readonly [string, number]) => value;

const namesIn = (counts: readonly Readonly<Record<string, number>>[]) => [...new Set(counts.flatMap(Object.keys))].sort();

function stretchName({ id, kind }: Stretch, { phases }: Timetable, language: Language): string {
  const { stretches } = WORDS[language];
  if (kind === "before" || kind === "after") return stretches[kind];
  const phase = phases.find((each) => each.id === (kind === "between" ? id.slice("before-".length) : id));
  const name = phase?.names[language] ?? id;
  return kind === "between" ? stretches.between(name) : name;
}

function byDay(measured: Measures, hours: readonly number[], time: (at: number) => string): string[][] {
  const days = Map.groupBy(measured.hours.entries(), ([hour]) => time(hours[hour] ?? 0).slice(0, 10));
  const sum = (numbers: readonly number[]) => String(numbers.reduce((total, number) => total + number, 0));
  return [...days].map(([day, within]) => [day, sum(within.map(([, hour]) => hour.decisions)), sum(within.map(([, hour]) => hour.cards))]);
}

interface Alternative {
  readonly words: Words;
  readonly said?: string;
  readonly heads: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** A drawing in both sizes, and the same in numbers. */
function figure(title: string, said: string, draw: (size: Size) => string, { words, said: how, heads, rows }: Alternative): Html {
  return html`<h2>${title}</h2>
<figure>
<div class="screen" role="img" aria-label="${title}. ${said}">${raw(draw(SCREEN))}</div>
<div class="phone" role="img" aria-label="${title}. ${said}">${raw(draw(PHONE))}</div>
<figcaption>${said}</figcaption>
</figure>
<details><summary>${words.numbers}: ${title}${how ? ` (${how})` : ""}</summary>${rows.length > 0 ? table(heads, rows, title) : html`<p>${words.none}</p>`}</details>`;
}

/** A wide table scrolls in a place of its own, by keyboard too. */
const table = (
  heads: readonly string[],
  rows: readonly (readonly (string | Html)[])[],
  label: string,
): Html => html`<div class="wide" tabindex="0" role="region" aria-label="${label}"><table>
<thead><tr>${heads.map((head) => html`<th scope="col">${head}</th>`)}</tr></thead>
<tbody>${rows.map(
  ([head = "", ...cells]) => html`<tr><th scope="row">${head}</th>${cells.map((cell) => html`<td>${cell}</td>`)}</tr>
`,
)}</tbody></table></div>`;
