import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { command, forgetFolder, runningAmong } from "../support/command.ts";

const PLAYS_WITHIN_MS = 600_000;
/** As fast as it can. */
const AT_ONCE = ["--speed", "1000000000", "--http", "0"];

const folder = await mkdtemp(join(tmpdir(), "seasongate-rehearsal-"));
const report = join(folder, "report.html");
afterAll(async () => {
  await forgetFolder();
  await rm(folder, { recursive: true, force: true });
});

const rehearse = (...args: string[]) => command("scripts/rehearse.ts", args);

/** A festival of four days, three years on, with a gap and on the same rules as any other. */
const MINE = {
  id: "autumn-2027",
  marketplace: "tmall",
  zone: "Asia/Shanghai",
  names: { zh: "秋日<会>", en: "Autumn <b>& more</b>" },
  phases: [
    { id: "first", names: { zh: "第一", en: "First" }, opensAt: "2027-09-10T20:00:00+08:00", closesAt: "2027-09-11T20:00:00+08:00" },
    {
      id: "second",
      names: { zh: "第二", en: "Second" },
      opensAt: "2027-09-12T00:00:00+08:00",
      closesAt: "2027-09-14T00:00:00+08:00",
      afterGap: true,
    },
  ],
  admissions: [
    { surface: "wechat-moments", storeTypes: ["flagship"], closedCategories: ["beauty"], requiredDocuments: ["trademark"], capacity: 30 },
  ],
  rings: [
    {
      steps: [
        { from: "2027-09-10T20:00:00+08:00", share: 5_000 },
        { from: "2027-09-11T08:00:00+08:00", share: 10_000 },
      ],
    },
  ],
};

async function fileOf(name: string, season: unknown): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, JSON.stringify(season));
  return file;
}

describe("a season of 2024 is rehearsed", () => {
  let output: string;
  let code: number | null;
  let page: string;

  beforeAll(async () => {
    const run = rehearse("--season", "618-2024", "--decisions", "3000", ...AT_ONCE, "--report", report);
    code = await run.ends();
    output = run.output();
    page = await readFile(report, "utf8").catch(() => "");
  }, PLAYS_WITHIN_MS);

  test("every promise is looked at and kept, and exit code 0 says so", () => {
    expect({ code, output }).toEqual({ code: 0, output: expect.stringContaining("✔ 14 promises kept.") });
    expect(output).toMatch(/^3,\d{3} decisions \(0 over HTTP\) in [\d.]+ s: \d+ per second/m);
  });

  test("the report stands alone: it has no script and fetches nothing", () => {
    expect(page).toContain("Content-Security-Policy");
    expect(page.match(/<script|<link|<img|\bsrc=|@import|url\((?!#)/g)).toBeNull();
    // What ECharts puts into an attribute has to stay in it.
    expect(page.match(/style="[^">]*"[^ >/]/g)).toBeNull();
  });

  test("the report has both languages, five drawings of each size in each, and each in numbers", () => {
    expect(page.match(/<main class="(?:en|zh)" lang="(?:en|zh-Hans)">/g)).toHaveLength(2);
    expect(page.match(/<svg /g)).toHaveLength(20);
    expect(page.match(/<details><summary>/g)).toHaveLength(10);
    for (const words of ["Every promise was kept: 14 of 14.", "14 项承诺全部兑现。", "season-closed", "tmall-app", "天猫618"])
      expect(page).toContain(words);
  });
});

describe("a season of one's own", () => {
  test(
    "is rehearsed from its file, and what it is called is text in the report",
    async () => {
      const run = rehearse("--file", await fileOf("mine.json", MINE), "--decisions", "600", ...AT_ONCE, "--report", report);
      expect({ code: await run.ends(), output: run.output() }).toEqual({ code: 0, output: expect.stringContaining("✔ 14 promises kept.") });
      const page = await readFile(report, "utf8");
      expect(page).toContain("Autumn &lt;b&gt;&amp; more&lt;/b&gt;");
      expect(page).not.toContain("<b>");
    },
    PLAYS_WITHIN_MS,
  );

  test("that is no timeline is told every fault", async () => {
    const [first, second] = MINE.phases;
    const phases = [first, { ...second, opensAt: "2027-09-11T00:00:00+08:00", closesAt: "2027-09-10T00:00:00+08:00" }];
    const run = rehearse("--file", await fileOf("bad.json", { ...MINE, marketplace: "nowhere", phases }));
    expect(await run.ends()).toBe(1);
    expect(run.output()).toContain("is no timeline");
    for (const fault of ["/phases/1/closesAt  window-empty", "/phases/1/opensAt  window-overlap", "/marketplace  marketplace-unknown"])
      expect(run.output()).toContain(fault);
  });

  test("that is no season at all is told every fault", async () => {
    const run = rehearse("--file", await fileOf("worse.json", { ...MINE, zone: "CST", names: { zh: "无" } }));
    expect(await run.ends()).toBe(1);
    for (const fault of ["is no season", "/zone", "/names/en"]) expect(run.output()).toContain(fault);
  });
});

test(
  "a promise that is broken is named, with when and how to play it again, and exit code 1",
  async () => {
    const run = rehearse("--decisions", "600", ...AT_ONCE, "--plant", "early-window", "--report", report);
    expect({ code: await run.ends(), output: run.output() }).toEqual({
      code: 1,
      output: expect.stringMatching(/✘ window: broken [\d,]+ times/),
    });
    expect(run.output()).toMatch(/2024-05-20 19:59:59 Asia\/Shanghai, request [\w-]+: a card of /);
    expect(run.output()).toContain("Again: npm run rehearse -- --season 618-2024 ");
  },
  PLAYS_WITHIN_MS,
);

test(
  "leaves nothing running when it is told to stop half-way",
  async () => {
    const run = rehearse("--season", "618-2024", "--speed", "1", "--http", "0");
    await run.prints(/before · /);
    const children = await run.descendants();
    expect(children.length).toBeGreaterThan(0);
    expect(await run.stop()).toBe(1);
    expect(await runningAmong(children)).toEqual([]);
  },
  PLAYS_WITHIN_MS,
);

test("without Java it is one sentence", async () => {
  const run = command("scripts/rehearse.ts", [], { PATH: "/nonexistent", JAVA_HOME: "" });
  expect(await run.ends()).toBe(1);
  expect(run.output()).toContain("Java");
  expect(run.output()).not.toContain("    at ");
});
