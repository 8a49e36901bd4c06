import { ulid } from "ulid";
import { applicationUseCases } from "../../../lib/app/application-use-cases.ts";
import { importWhitelist } from "../../../lib/app/import-whitelist.ts";
import type { Catalogue } from "../../../lib/app/ports/world.ts";
import { turnEntryAttestation, turnEntryGrant } from "../../../lib/app/turn-keys.ts";
import { applications } from "../../../lib/contracts/applications.ts";
import { routeKey } from "../../../lib/contracts/endpoint.ts";
import { keyTurns } from "../../../lib/contracts/key-turns.ts";
import { rowIdentity } from "../../../lib/deps/row-identity.ts";
import type { AuditEvent } from "../../../lib/domain/audit.ts";
import type { User } from "../../../lib/domain/authorisation.ts";
import { announcementOf } from "../../../lib/domain/change.ts";
import type { Outcome, ReadRow } from "../../../lib/domain/import.ts";
import { Refusal } from "../../../lib/domain/refusal.ts";
import type { Surface } from "../../../lib/domain/surface.ts";
import { endpoints } from "../../../lib/http/endpoints.ts";
import { applicationStore } from "../../../lib/store/applications.ts";
import { feedStore } from "../../../lib/store/feed.ts";
import { importStore } from "../../../lib/store/imports.ts";
import { lineupStore } from "../../../lib/store/lineups.ts";
import { receiptStore } from "../../../lib/store/receipts.ts";
import { seasonStore } from "../../../lib/store/seasons.ts";
import { Table, type TransactItems } from "../../../lib/store/table.ts";
import { whitelistStore } from "../../../lib/store/whitelist.ts";
import { httpEvent, lambdaContext, type Request } from "../../../scripts/local/http-event.ts";
import type { StoreBehindProxy } from "../../support/store-behind-proxy.ts";
import { SURFACES } from "./season-of-runs.ts";

/** A table that remembers which transactions went through. */
class Watched extends Table {
  readonly done: TransactItems[] = [];

  override async transact(writes: TransactItems, token: string): Promise<void> {
    await super.transact(writes, token);
    this.done.push(writes);
  }
}

export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects, and fails when it is not there.
  readonly body: any;
}

const TEMPLATES = [{ id: "link-card" }] as unknown as Surface["templates"];
const surfaces = SURFACES.map((id) => ({ id, templates: TEMPLATES }) as Surface);
const catalogue: Catalogue = {
  surfaces,
  surface: (id) => surfaces.find((each) => each.id === id),
  host: () => undefined,
  marketplace: () => undefined,
};

/** A list to be taken in, as the command that reads files asks for it. */
export interface List {
  readonly surface: string;
  readonly season: string;
  readonly rows: readonly ReadRow[];
  readonly dryRun: boolean;
}

/** So few that a list of some rows has several blocks. */
const BLOCK_ROWS = 2;

/** The shipping handler of applications over DynamoDB Local, with a clock to be moved and bearers that are taken at their word. */
export function openDesk(store: StoreBehindProxy, clock: { readonly now: number }) {
  const registry = new Watched(store.direct, store.registry.name);
  const deps = {
    applications: applicationStore(registry),
    seasons: seasonStore(registry),
    receipts: receiptStore(registry),
    catalogue,
    now: () => clock.now,
    newId: (prefix: string) => `${prefix}_${ulid()}`,
    log: () => undefined,
    identify: async (token: string): Promise<User> => JSON.parse(Buffer.from(token, "base64url").toString()),
  };
  const keys = { ...deps, whitelist: whitelistStore(registry) };
  const handlers = [
    { contracts: applications, handler: endpoints(applications, applicationUseCases(deps), deps) },
    {
      contracts: keyTurns,
      handler: endpoints(keyTurns, { attestation: turnEntryAttestation(keys), grant: turnEntryGrant(keys) }, deps),
    },
  ];
  const handlerOf = (route: string) => handlers.find(({ contracts }) => Object.values(contracts).some((each) => routeKey(each) === route));
  const feed = feedStore(registry);
  const imports = importStore(registry);
  return {
    registry,
    feed,
    imports,
    seasons: deps.seasons,
    lineups: lineupStore(registry),
    applications: deps.applications,
    async call(as: User, route: string, { key, ...request }: Request & { readonly key?: string | undefined } = {}): Promise<Answer> {
      const authorization = `Bearer ${Buffer.from(JSON.stringify(as)).toString("base64url")}`;
      const headers = { authorization, "idempotency-key": key };
      const found = handlerOf(route);
      if (!found) throw new Error(`nothing here answers ${route}`);
      const { statusCode, body } = await found.handler(httpEvent(route, { ...request, headers }), lambdaContext());
      return { status: statusCode ?? 0, body: JSON.parse(body ?? "null") };
    },
    /** The shipping import, and what it says of each row. */
    async take(as: User, { rows, ...list }: List): Promise<Answer> {
      const outcomes: Outcome[] = [];
      const onOutcomes = (some: readonly Outcome[]) => outcomes.push(...some);
      const order = { ...list, user: as, resume: undefined, groups: inOneGroup(rows), blockRows: BLOCK_ROWS, onOutcomes };
      try {
        const { id, counts } = await importWhitelist({ ...deps, imports, rows: rowIdentity })(order);
        return { status: 201, body: { id, outcomes, counts, blocks: Math.ceil(rows.length / BLOCK_ROWS) } };
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        return { status: 409, body: { code: error.code } };
      }
    },
    /** Places the changes in the feeds, as the Registry's stream has it done. */
    announce: (events: readonly AuditEvent[]) => feed.announce(events.map(announcementOf)),
  };
}

async function* inOneGroup(rows: readonly ReadRow[]) {
  yield rows;
}

export type Desk = ReturnType<typeof openDesk>;
