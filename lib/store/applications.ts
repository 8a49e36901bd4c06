import { createHash } from "node:crypto";
import type { ApplicationStore } from "../app/ports/applications.ts";
import * as schemas from "../contracts/applications.ts";
import * as keySchemas from "../contracts/keys.ts";
import { LOOK_ALIKE } from "../domain/admission.ts";
import type { Application } from "../domain/application.ts";
import type { Attestation } from "../domain/attestation.ts";
import type { Grant } from "../domain/grant.ts";
import type { Names } from "../domain/names.ts";
import { skeleton } from "../domain/text.ts";
import { before, type Count, commit, type Put, restored, stored, type Write } from "./commit.ts";
import { keys, LIST_INDEX, QUEUE_INDEX } from "./keys.ts";
import type { Table } from "./table.ts";

/** Applications, and the two keys that come of them, in the Registry. */
export function applicationStore(registry: Table): ApplicationStore {
  const holderOf = async (season: string, digest: string) => (await registry.get(keys.name(season, digest)))?.["brand"];

  return {
    async get(id) {
      const item = await registry.get(keys.application(id));
      return item && restored(schemas.application, item);
    },

    async ofBrand(brand) {
      const items = await registry.queryIndex(LIST_INDEX, `BRAND#${brand}#APPLICATIONS`);
      return items.map((item) => restored(schemas.application, item));
    },

    async ofSeason(season, state) {
      const items = await registry.queryIndex(QUEUE_INDEX, `APPLICATIONS#${season}`, state && `${state}#`);
      return items.map((item) => restored(schemas.application, item));
    },

    async revision(id, revision) {
      const item = await registry.get(keys.revision(id, revision));
      return item && restored(schemas.application, item);
    },

    async looksLike(season, brand, names) {
      const holders = await Promise.all(digests(names).map((digest) => holderOf(season, digest)));
      return holders.find((holder): holder is string => typeof holder === "string" && holder !== brand);
    },

    async placesTaken(surface, season) {
      return Number((await registry.get(keys.places(surface, season)))?.["count"] ?? 0);
    },

    async attestation(application) {
      const item = await registry.get(keys.attestation(application));
      return item && restored(keySchemas.attestation, item);
    },

    async grants({ id, brand, season, surfaces }) {
      const found = await Promise.all(
        surfaces.map((surface) => {
          const { pk, sk } = keys.grant(surface, season, brand, "");
          return registry.queryAll({ pk, prefix: sk });
        }),
      );
      // The brand may have had another application to the season, which it withdrew.
      return found.flatMap((items) =>
        items.map((item) => restored(keySchemas.grant, item)).filter(({ application }) => application === id),
      );
    },

    async begin(application, commitment) {
      const place: Put = {
        key: keys.applied(application.brand, application.season),
        attributes: { application: application.id },
        over: "absent",
        otherwise: "already-applied",
      };
      const submitted = application.state === "pending" ? await submission(registry, application) : [];
      await commit(registry, [place, put(application), ...submitted], commitment);
    },

    async save(application, commitment) {
      await commit(registry, [put(application)], commitment);
    },

    async submit(application, commitment) {
      await commit(registry, [put(application), ...(await submission(registry, application))], commitment);
    },

    async attest(application, attestation, replaces, commitment) {
      const left = replaces?.surfaces.filter((surface) => !attestation.surfaces.includes(surface)) ?? [];
      const ended: Attestation = { ...attestation, surfaces: left, state: "revoked" };
      await commit(registry, [put(application), ...attestationPuts(attestation), ...servedPuts(ended)], commitment);
    },

    async approve(application, grants, capacities, commitment) {
      const places = capacities.map(
        ({ surface, season, places: atMost }): Count => ({ key: keys.places(surface, season), add: 1, atMost, otherwise: "trial-full" }),
      );
      await commit(registry, [put(application), ...grants.map(grantPut), ...places], commitment);
    },

    async lapse(application, { attestation, grants }, commitment) {
      const withdrawn = application.state === "withdrawn";
      const submitted = withdrawn ? [] : await submission(registry, application);
      const place: Write[] = withdrawn ? [{ key: keys.applied(application.brand, application.season), remove: true }] : [];
      const turned = [...(attestation ? attestationPuts(attestation) : []), ...grants.map(grantPut), ...placesFreed(grants)];
      await commit(registry, [put(application), ...submitted, ...place, ...turned], commitment);
    },

    async turnAttestation(attestation, commitment) {
      await commit(registry, attestationPuts(attestation), commitment);
    },

    async turnGrant(grant, others, commitment) {
      const isRevoked = grant.state === "revoked";
      // Two that are revoked at once would each take the other to stand, and the place would be lost: the others are held as they are.
      const held = isRevoked ? others.map((other): Put => ({ ...grantPut(other), over: other.version })) : [];
      await commit(registry, [grantPut(grant), ...held, ...placesFreed(isRevoked && others.length === 0 ? [grant] : [])], commitment);
    },
  };
}

const put = (application: Application): Put => ({
  key: keys.application(application.id),
  attributes: {
    version: application.version,
    [LIST_INDEX.pk]: `BRAND#${application.brand}#APPLICATIONS`,
    [LIST_INDEX.sk]: application.id,
    [QUEUE_INDEX.pk]: `APPLICATIONS#${application.season}`,
    [QUEUE_INDEX.sk]: `${application.state}#${new Date(application.submittedAt ?? application.createdAt).toISOString()}#${application.id}`,
    ...stored(schemas.application, application),
  },
  over: before(application.version),
  otherwise: "changed-meanwhile",
});

/** What was submitted is kept, and its names are held, unless another brand of the season holds them already. */
async function submission(registry: Table, application: Application): Promise<Write[]> {
  const { id, brand, season, names, revision } = application;
  const kept: Put = {
    key: keys.revision(id, revision),
    attributes: stored(schemas.application, application),
    over: "absent",
    otherwise: "changed-meanwhile",
  };
  const held = await Promise.all(digests(names).map(async (digest) => [digest, await registry.get(keys.name(season, digest))] as const));
  // Another brand may have taken a name since the machine looked; then there is a flag to be raised, and this fails.
  const isFlagged = application.flags.some(({ code }) => code === LOOK_ALIKE);
  const free = held.filter(([, holder]) => holder === undefined || (!isFlagged && holder["brand"] !== brand)).map(([digest]) => digest);
  return [
    kept,
    ...free.map(
      (digest): Put => ({ key: keys.name(season, digest), attributes: { brand }, over: "absent", otherwise: "changed-meanwhile" }),
    ),
  ];
}

/** A key holds no user's text: names are looked up by a digest of what they look like. */
const digests = ({ zh, en }: Names): string[] => [
  ...new Set([zh, en].map((name) => createHash("sha256").update(skeleton(name)).digest("hex"))),
];

const attestationPuts = (attestation: Attestation): Put[] => [
  {
    key: keys.attestation(attestation.application),
    attributes: keyAttributes(attestation),
    over: before(attestation.version),
    otherwise: "changed-meanwhile",
  },
  ...servedPuts(attestation),
];

const keyAttributes = (attestation: Attestation) => ({ version: attestation.version, ...stored(keySchemas.attestation, attestation) });

/** The copies in the lineups of its surfaces. */
const servedPuts = (attestation: Attestation): Put[] =>
  attestation.surfaces.map((surface) => ({
    key: keys.servedAttestation(surface, attestation.season, attestation.brand),
    attributes: keyAttributes(attestation),
    over: "any",
    otherwise: "changed-meanwhile",
  }));

const grantPut = (grant: Grant): Put => ({
  key: keys.grant(grant.surface, grant.season, grant.brand, grant.id),
  attributes: { version: grant.version, ...stored(keySchemas.grant, grant) },
  over: before(grant.version),
  otherwise: "changed-meanwhile",
});

/** A brand takes one place on a surface, however many grants it has there. */
const placesFreed = (grants: readonly Grant[]): Count[] =>
  [...new Map(grants.map((grant) => [grant.surface, grant])).values()].map(({ surface, season }) => ({
    key: keys.places(surface, season),
    add: -1,
    atMost: null,
    otherwise: "changed-meanwhile",
  }));
