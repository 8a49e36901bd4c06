import { execFile } from "node:child_process";
import { createWriteStream } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { parseArgs, promisify } from "node:util";
import { type DynamoDBDocumentClient, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { importWhitelist } from "../lib/app/import-whitelist.ts";
import { CSV_COLUMNS } from "../lib/contracts/imports.ts";
import { shippedCatalogue } from "../lib/deps/catalogue.ts";
import { newId } from "../lib/deps/ids.ts";
import { rowIdentity } from "../lib/deps/row-identity.ts";
import { readRows } from "../lib/deps/row-reader.ts";
import type { User } from "../lib/domain/authorisation.ts";
import type { Season } from "../lib/domain/season.ts";
import { openClient } from "../lib/store/client.ts";
import { importStore } from "../lib/store/imports.ts";
import { seasonStore } from "../lib/store/seasons.ts";
import { type Item, Table, type TransactItems } from "../lib/store/table.ts";
import { dynamoDbClient } from "../scripts/local/dynamodb-client.ts";
import { startDynamoDbLocal } from "../scripts/local/dynamodb-local.ts";
import { NO_KEYS } from "../scripts/local/event-key.ts";
import { people } from "../scripts/local/people.ts";
import { readArguments } from "../scripts/local/read-arguments.ts";
import { runCommand, SetupError } from "../scripts/local/setup-error.ts";
import { stackEnv } from "../scripts/local/stack-env.ts";
import { readTableDefinitions } from "../scripts/local/table-definitions.ts";
import { createTable } from "../scripts/local/tables.ts";

/**
 * `npm run bench:import [-- --rows 100000 --rounds 10]`: an import of so many rows against bare TransactWriteItems of the
 * very same items, in the same packing and as many at a time, by turns; and the memory of the command that imports them
 * all. A control of bare against bare says whether the machine was quiet enough to tell.
 */
const LIMITS = { import_vs_bare: 1.5, import_peak_rss_mb: 300 };
/** Bare against bare has to come out within this factor of one, or the run says nothing. */
const CONTROL = { least: 0.9, most: 1.1 };
/** As the import sends them; lib/store/imports.ts. */
const IN_FLIGHT = 2;
const SURFACE = "wechat-moments";
const REVIEWER: User = { role: "reviewer", ...people.reviewer };
const COMMAND = resolve(import.meta.dirname, "../scripts/import-whitelist.ts");

/** As `npm run import` has it. */
const HEAP = "--max-old-space-size=128";

const DAY_MS = 86_400_000;
const opensAt = Date.now() + 30 * DAY_MS;
const names = { zh: "年中大促", en: "Mid-year sale" };
const season: Season = {
  id: "bench",
  host: people.reviewer.tenant,
  marketplace: "tmall",
  zone: "Asia/Shanghai",
  names,
  phases: [{ id: "wave-1", names, opensAt, closesAt: opensAt + DAY_MS }],
  instants: {
    applicationsClose: opensAt,
    whitelistFreeze: opensAt,
    opens: opensAt,
    finalPhase: opensAt,
    closes: opensAt + DAY_MS,
    clickGraceEnds: opensAt + 2 * DAY_MS,
    reportFinal: opensAt + 3 * DAY_MS,
  },
  propagationMs: 0,
  reworkMs: 0,
  admissions: [{ surface: SURFACE, storeTypes: ["flagship"], closedCategories: [], requiredDocuments: [], waivable: [], capacity: null }],
  status: "scheduled",
  hostCaps: [],
  markLicences: [],
  rings: [],
  ringTurns: [],
  dossier: { plannedBy: "olga", publishedBy: "olga", proposal: null, former: [] },
  turns: [],
  version: 1,
};

function* csv(from: number, count: number): Generator<string> {
  yield `${CSV_COLUMNS.join(",")}\n`;
  const until = new Date(opensAt + 3 * DAY_MS).toISOString();
  for (let n = from + 1; n <= from + count; n++) {
    const number = String(n).padStart(26, "0");
    yield `brd_${number},霁鹭妆匣${n},"Jilu, Powder Box ${n}",99${String(n).padStart(10, "0")},flagship,tmall,wave-1,310|450|showcase-1-3,${until},500\n`;
  }
}

async function* bytes(from: number, count: number): AsyncGenerator<Uint8Array> {
  let piece: string[] = [];
  for (const line of csv(from, count)) {
    piece.push(line);
    if (piece.length < 400) continue;
    yield Buffer.from(piece.join(""));
    piece = [];
  }
  yield Buffer.from(piece.join(""));
}

/** Takes down what it is told to write, and has nothing. */
class Dictation extends Table {
  readonly taken: TransactItems[] = [];
  override async get(): Promise<undefined> {}
  override async getAll(): Promise<Item[]> {
    return [];
  }
  override async transact(writes: TransactItems): Promise<void> {
    this.taken.push(writes);
  }
}

interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
}

async function cost(work: () => Promise<unknown>): Promise<Cost> {
  globalThis.gc?.();
  const [started, used] = [performance.now(), process.cpuUsage()];
  await work();
  const { user, system } = process.cpuUsage(used);
  return { wallMs: performance.now() - started, cpuMs: (user + system) / 1000 };
}

/** By somebody new each time, as the importer of a key is written once. */
function importing(table: Table, from: number, count: number): Promise<unknown> {
  return importWhitelist({
    imports: importStore(table),
    applications: { placesTaken: async () => 0 },
    seasons: { get: async () => season },
    catalogue: shippedCatalogue(),
    rows: rowIdentity,
    now: Date.now,
    newId,
  })({
    user: { ...REVIEWER, sub: `usr_bench_${from}` },
    surface: SURFACE,
    season: season.id,
    dryRun: false,
    resume: undefined,
    groups: readRows(bytes(from, count), "csv"),
  });
}

/** As many at a time as the import, and its progress in the same place: each version of its item waits for the one before. */
async function bare(client: DynamoDBDocumentClient, transactions: readonly TransactItems[], name: string): Promise<void> {
  const send = (n: number) => client.send(new TransactWriteCommand({ TransactItems: transactions[n], ClientRequestToken: `${name}-${n}` }));
  let next = 0;
  while (next < transactions.length) {
    const work = async () => {
      while (next < transactions.length && !isProgress(transactions[next])) await send(next++);
    };
    await Promise.all(Array.from({ length: IN_FLIGHT }, work));
    if (next < transactions.length) await send(next++);
  }
}

const isProgress = (items: TransactItems | undefined) => items?.some(({ Put }) => String(Put?.Item?.["pk"]).startsWith("IMPORT#")) ?? false;

/** The same transactions to another table. */
const readdressed = (transactions: readonly TransactItems[], TableName: string): TransactItems[] =>
  transactions.map((items) =>
    items.map(({ Put, Update }) => (Put ? { Put: { ...Put, TableName } } : Update ? { Update: { ...Update, TableName } } : {})),
  );

const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((one, other) => one - other);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const say = (name: string, value: number, digits = 2) => console.log(`${name} ${value.toFixed(digits)}`);

/** What the command needs at most to import the whole file, in a process of its own. Megabytes. */
async function peakRss(env: NodeJS.ProcessEnv, rows: number): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), "seasongate-bench-"));
  try {
    const file = join(folder, "list.csv");
    await pipeline(Readable.from(csv(0, rows)), createWriteStream(file));
    const told = "data:text/javascript,process.on('exit',()=>console.log('peak',process.resourceUsage().maxRSS))";
    const args = [HEAP, "--import", told, COMMAND, "--file", file, "--surface", SURFACE, "--season", season.id];
    const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...process.env, ...env } });
    const peak = /^peak (\d+)$/m.exec(stdout);
    if (!peak || !stdout.includes(`${rows} added`)) throw new SetupError(`The command should have added ${rows} rows, and said: ${stdout}`);
    return Number(peak[1]) / 1024;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

await runCommand(async () => {
  const { values } = readArguments(() =>
    parseArgs({ options: { rows: { type: "string", default: "100000" }, rounds: { type: "string", default: "10" } } }),
  );
  const [rows, rounds] = [Number(values.rows), Number(values.rounds)];
  if (!Number.isInteger(rows / rounds) || rounds < 1) throw new SetupError("--rows has to be a multiple of --rounds.");
  const database = await startDynamoDbLocal();
  try {
    const env = stackEnv(
      {},
      {
        dynamodbEndpoint: database.endpoint,
        jwksUrl: "",
        publicUrl: "",
        ...NO_KEYS,
        clockOffsetFile: "",
      },
    );
    const told: NodeJS.ProcessEnv = { ...env, REGISTRY_TABLE: "seasongate-bench-whole-registry", STORE_TIMEOUT_MS: "10000" };
    delete told["CLOCK_OFFSET_FILE"];
    Object.assign(process.env, told);
    const raw = dynamoDbClient(process.env);
    const arms = ["whole", "import", "bare-a", "bare-b"] as const;
    for (const arm of arms) {
      const { RegistryTable } = await readTableDefinitions(`bench-${arm}`);
      if (!RegistryTable) throw new Error("resources/tables.yml has no RegistryTable");
      // DynamoDB Local goes through all streams' records at each write: the arms would slow each other, by order of making.
      const { StreamSpecification: _, ...streamless } = RegistryTable;
      await createTable(raw, streamless);
    }
    raw.destroy();
    const client = openClient({ endpoint: database.endpoint, maxAttempts: 4, timeoutMs: 60_000 });
    const tableOf = (arm: (typeof arms)[number]) => `seasongate-bench-${arm}-registry`;
    const actor = { sub: "bench", tenant: "bench", role: "operator" } as const;
    const concern = { host: null, marketplace: null, brand: null, season: season.id, surfaces: [] };
    const event = { actor, concern, effects: [], id: newId("evt"), at: 0, action: "bench", subject: "season/bench", version: 1 };
    const unsaid = { before: null, after: "scheduled", why: null, requestId: "bench" };
    await seasonStore(new Table(client, tableOf("whole"))).create(season, { event: { ...event, ...unsaid }, receipt: null });

    // First, since a process begins its count of memory at that of the one that starts it.
    const peak = await peakRss(told, rows);

    const each = rows / rounds;
    const ratios: { readonly wall: number; readonly cpu: number; readonly control: number }[] = [];
    const costs: Record<"import" | "a" | "b", Cost[]> = { import: [], a: [], b: [] };
    for (let round = 0; round <= rounds; round++) {
      // The round before the first warms all arms up and is not counted.
      const from = round * each;
      const dictation = new Dictation(client, "");
      await importing(dictation, from, each);
      const [toA, toB] = [readdressed(dictation.taken, tableOf("bare-a")), readdressed(dictation.taken, tableOf("bare-b"))];
      const work = {
        a: () => bare(client, toA, `a${round}`),
        import: () => importing(new Table(client, tableOf("import")), from, each),
        b: () => bare(client, toB, `b${round}`),
      };
      const orders = [
        ["a", "import", "b"],
        ["import", "b", "a"],
        ["b", "a", "import"],
      ] as const;
      const found: Partial<Record<keyof typeof work, Cost>> = {};
      for (const arm of orders[round % orders.length] ?? orders[0]) found[arm] = await cost(work[arm]);
      const { a, b, import: imported } = found;
      if (round === 0 || !a || !b || !imported) continue;
      costs.import.push(imported);
      costs.a.push(a);
      costs.b.push(b);
      ratios.push({
        wall: imported.wallMs / ((a.wallMs + b.wallMs) / 2),
        cpu: imported.cpuMs / ((a.cpuMs + b.cpuMs) / 2),
        control: a.wallMs / b.wallMs,
      });
    }
    client.destroy();

    const control = median(ratios.map((ratio) => ratio.control));
    const versus = median(ratios.map(({ wall }) => wall));
    console.log(`rows ${rows}`);
    for (const arm of ["import", "a", "b"] as const) {
      const name = arm === "import" ? "import" : `bare_${arm}`;
      say(`${name}_wall_s`, sum(costs[arm].map(({ wallMs }) => wallMs)) / 1000);
      say(`${name}_cpu_s`, sum(costs[arm].map(({ cpuMs }) => cpuMs)) / 1000);
    }
    say("import_vs_bare_cpu", median(ratios.map(({ cpu }) => cpu)));
    say("bare_vs_bare", control);
    say("import_vs_bare", versus);
    say("import_peak_rss_mb", peak, 0);
    const missed = [
      ...(control < CONTROL.least || control > CONTROL.most
        ? ["bare against bare is off: the machine was not quiet, and the run says nothing"]
        : []),
      ...(versus > LIMITS.import_vs_bare ? [`import_vs_bare has to be at most ${LIMITS.import_vs_bare}`] : []),
      ...(peak >= LIMITS.import_peak_rss_mb ? [`import_peak_rss_mb has to be below ${LIMITS.import_peak_rss_mb}`] : []),
    ];
    if (missed.length > 0) throw new SetupError(missed.join("; "));
  } finally {
    await database.stop();
  }
});
