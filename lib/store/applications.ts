import { createHash } from "node:crypto";
import type { ApplicationStore, Keys } from "../app/ports/applications.ts";
import * as schemas from "../contracts/applications.ts";
import * as keySchemas from "../contracts/keys.ts";
import { LOOK_ALIKE } from "../domain/admission.ts";
import { type Application, holdsNames } from "../domain/application.ts";
import type { Attestation } from "../domain/attestation.ts";
import type { Grant } from "../domain/grant.ts";
import type { Names } from "../domain/names.ts";
import { skeleton } from "../domain/text.ts";
import { before, type Count, commit, type Put, type Removal, restored, stored, type Write } from "./commit.ts";
import { markPuts } from "./key-marks.ts";
import { keys, LIST_INDEX, QUEUE_INDEX } from "./keys.ts";
import type { Item, Table } from "./table.ts";

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
      const freed = holdsNames(application) ? [] : await namesFreed(registry, application, application.revision, []);
      await commit(registry, [put(application), ...freed], commitment);
    },

    async submit(application, lapsing, commitment) {
      const submitted = await submission(registry, application);
      await commit(registry, [put(application), ...submitted, ...keysLapsed(lapsing)], commitment);
    },

    async attest(application, attestation, replaces, commitment) {
      const left = replaces?.surfaces.filter((surface) => !attestation.surfaces.includes(surface)) ?? [];
      const ended: Attestation = { ...attestation, surfaces: left, state: "revoked" };
      await commit(registry, [put(application), ...attestationPuts(attestation), ...servedPuts(ended), ...markPuts(ended)], commitment);
    },

    async approve(application, on, grants, capacities, commitment) {
      const places = capacities.map(
        ({ surface, season, places: atMost }): Count => ({ key: keys.places(surface, season), add: 1, atMost, otherwise: "trial-full" }),
      );
      // The marketplace may turn its key at this instant: then this fails, and is decided on anew.
      const held: Put = { ...attestationPut(on), over: on.version };
      await commit(registry, [put(application), held, ...grants.map(grantPut), ...places], commitment);
    },

    async withdraw(application, lapsing, commitment) {
      const place: Write = { key: keys.applied(application.brand, application.season), remove: true };
      const freed = await namesFreed(registry, application, application.revision, []);
      await commit(registry, [put(application), place, ...freed, ...keysLapsed(lapsing)], commitment);
    },

    async turnAttestation(attestation, commitment) {
      await commit(registry, attestationPuts(attestation), commitment);
    },

    async turnGrant(grant, others, commitment) {
      const isRevoked = grant.state === "revoked";
      // Two that are revoked at once would each take the other to stand, and the place would be lost: the others are held as they are.
      const held = isRevoked ? others.map((other): Put => ({ ...grantPut(other), over: other.version })) : [];
      const freed = placesFreed(isRevoked && others.length === 0 ? [grant] : []);
      await commit(registry, [...turnedGrantPuts(grant), ...held, ...freed], commitment);
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

/**
 * What was submitted is kept, and its names are held, unless another brand of the season holds them already. Names of the
 * revision before that it has no more are anybody's again.
 */
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
  const isToTake = (holder: Item | undefined) =>
    holder === undefined || (holder["application"] !== id && !(isFlagged && holder["brand"] !== brand));
  const taken = held
    .filter(([, holder]) => isToTake(holder))
    .map(
      ([digest]): Put => ({
        key: keys.name(season, digest),
        attributes: { brand, application: id },
        over: "absent",
        otherwise: "changed-meanwhile",
      }),
    );
  return [kept, ...taken, ...(await namesFreed(registry, application, revision - 1, digests(names)))];
}

/**
 * The names of a revision given up, but for those kept. What another holds stays; what this application holds only its own
 * changes give up, so its version guards what was read here.
 */
async function namesFreed(registry: Table, { id, season }: Application, revision: number, kept: readonly string[]): Promise<Removal[]> {
  if (revision === 0) return [];
  const earlier = await registry.get(keys.revision(id, revision));
  const left = earlier ? digests(restored(schemas.application, earlier).names).filter((digest) => !kept.includes(digest)) : [];
  const items = await Promise.all(left.map((digest) => registry.get(keys.name(season, digest))));
  return items.flatMap((item) => (item?.["application"] === id ? [{ key: { pk: item.pk, sk: item.sk }, remove: true } as const] : []));
}

/** A key holds no user's text: names are looked up by a digest of what they look like. */
const digests = ({ zh, en }: Names): string[] => [
  ...new Set([zh, en].map((name) => createHash("sha256").update(skeleton(name)).digest("hex"))),
];

const keysLapsed = ({ attestation, grants }: Keys): Write[] => [
  ...(attestation ? attestationPuts(attestation) : []),
  ...grants.flatMap(turnedGrantPuts),
  ...placesFreed(grants),
];

const attestationPuts = (attestation: Attestation): Put[] => [
  attestationPut(attestation),
  ...servedPuts(attestation),
  ...markPuts(attestation),
];

const attestationPut = (attestation: Attestation): Put => ({
  key: keys.attestation(attestation.application),
  attributes: keyAttributes(attestation),
  over: before(attestation.version),
  otherwise: "changed-meanwhile",
});

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

const turnedGrantPuts = (grant: Grant): Put[] => [grantPut(grant), ...markPuts(grant)];

/** A brand takes one place on a surface, however many grants it has there. */
const placesFreed = (grants: readonly Grant[]): Count[] =>
  [...new Map(grants.map((grant) => [grant.surface, grant])).values()].map(({ surface, season }) => ({
    key: keys.places(surface, season),
    add: -1,
    atMost: null,
    otherwise: "changed-meanwhile",
  }));
