import { ulid } from "ulid";
import {
  appealApplication,
  editApplication,
  openApplication,
  submitApplication,
  withdrawApplication,
} from "../../../lib/app/applications.ts";
import { attestApplication, turnAttestation, turnGrant } from "../../../lib/app/keys.ts";
import type { Catalogue } from "../../../lib/app/ports.ts";
import { renewApplication } from "../../../lib/app/renew.ts";
import { listApplications, readApplication, reviewApplication, reviewQueue } from "../../../lib/app/reviews.ts";
import { applications } from "../../../lib/contracts/applications.ts";
import type { User } from "../../../lib/domain/authorisation.ts";
import type { Surface } from "../../../lib/domain/surface.ts";
import { endpoints } from "../../../lib/http/endpoints.ts";
import { applicationStore } from "../../../lib/store/applications.ts";
import { lineupStore } from "../../../lib/store/lineups.ts";
import { receiptStore } from "../../../lib/store/receipts.ts";
import { seasonStore } from "../../../lib/store/seasons.ts";
import { Table, type TransactItems } from "../../../lib/store/table.ts";
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
const catalogue: Catalogue = { surfaces, surface: (id) => surfaces.find((each) => each.id === id), marketplace: () => undefined };

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
  const handler = endpoints(
    applications,
    {
      open: openApplication(deps),
      list: listApplications(deps),
      read: readApplication(deps),
      edit: editApplication(deps),
      submit: submitApplication(deps),
      appeal: appealApplication(deps),
      withdraw: withdrawApplication(deps),
      renew: renewApplication(deps),
      queue: reviewQueue(deps),
      attest: attestApplication(deps),
      turnAttestation: turnAttestation(deps),
      review: reviewApplication(deps),
      turnGrant: turnGrant(deps),
    },
    deps,
  );
  return {
    registry,
    seasons: deps.seasons,
    lineups: lineupStore(registry),
    applications: deps.applications,
    async call(as: User, route: string, { key, ...request }: Request & { readonly key?: string | undefined } = {}): Promise<Answer> {
      const authorization = `Bearer ${Buffer.from(JSON.stringify(as)).toString("base64url")}`;
      const headers = { authorization, "idempotency-key": key };
      const { statusCode, body } = await handler(httpEvent(route, { ...request, headers }), lambdaContext());
      return { status: statusCode ?? 0, body: JSON.parse(body ?? "null") };
    },
  };
}

export type Desk = ReturnType<typeof openDesk>;
