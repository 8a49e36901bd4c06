import * as schemas from "../../lib/contracts/keys.ts";
import type { Attestation } from "../../lib/domain/attestation.ts";
import type { Grant } from "../../lib/domain/grant.ts";
import { stored } from "../../lib/store/commit.ts";
import { keys } from "../../lib/store/keys.ts";
import type { Item, Table } from "../../lib/store/table.ts";
import { CLOSES, PLAN, SEASON, SURFACE } from "./gate-steps.ts";

const crockford = (prefix: string, n: number) => `${prefix}_3${String(n).padStart(25, "0")}`;

/** The id of a brand, in the order of numbers. */
export const brandNumber = (n: number): string => crockford("brd", n);

const parties = (brand: string) => ({ brand, marketplace: PLAN.marketplace, host: "wechat" });
const EARLIER = Date.parse("2024-05-13T00:00:00Z");

/** A brand's n-th grant, as an approval would have given it. */
export const grantOf = (brand: string, n = 1, over: Partial<Grant> = {}): Grant => ({
  ...parties(brand),
  id: crockford("grt", n),
  application: crockford("app", n),
  names: { zh: `品牌${brand}`, en: `Brand ${brand}` },
  surface: SURFACE,
  season: SEASON,
  phases: ["wave-1", "wave-2"],
  templates: ["310"],
  dailyShare: null,
  storeId: "990000000001",
  storeType: "flagship",
  grantedBy: "usr_wei_reviewer",
  grantedAt: EARLIER,
  state: "current",
  expiresAt: Date.parse(CLOSES),
  reason: null,
  version: 1,
  ...over,
});

/** The marketplace's word for a brand. */
export const vouchFor = (brand: string, over: Partial<Attestation> = {}): Attestation => ({
  ...parties(brand),
  application: crockford("app", 1),
  revision: 1,
  season: SEASON,
  surfaces: [SURFACE],
  storeType: "flagship",
  attestedBy: "usr_lin_attester",
  attestedAt: EARLIER,
  state: "current",
  expiresAt: Date.parse(PLAN.instants.clickGraceEnds),
  reason: null,
  version: 1,
  ...over,
});

/** Keeps keys in the lineup as the store of applications does, without their applications: for long lists, which would take long to apply for. */
export async function keepRows(registry: Table, rows: readonly (Grant | Attestation)[]): Promise<void> {
  for (let at = 0; at < rows.length; at += 25) await Promise.all(rows.slice(at, at + 25).map((row) => registry.put(itemOf(row))));
}

const itemOf = (row: Grant | Attestation): Item =>
  "grantedAt" in row
    ? { ...keys.grant(row.surface, row.season, row.brand, row.id), version: row.version, ...stored(schemas.grant, row) }
    : {
        ...keys.servedAttestation(row.surfaces[0] ?? SURFACE, row.season, row.brand),
        version: row.version,
        ...stored(schemas.attestation, row),
      };
