import { afterAll, beforeEach, describe, expect, jest, test } from "@jest/globals";
import type { Commitment } from "../../lib/app/ports/call.ts";
import type { KeyMarkStore } from "../../lib/app/ports/key-marks.ts";
import type { LineupStore } from "../../lib/app/ports/whitelist.ts";
import { publishSnapshots } from "../../lib/app/publish-snapshots.ts";
import type { Application } from "../../lib/domain/application.ts";
import type { Attestation } from "../../lib/domain/attestation.ts";
import type { Grant } from "../../lib/domain/grant.ts";
import type { Import } from "../../lib/domain/import.ts";
import type { Surface } from "../../lib/domain/surface.ts";
import { applicationStore } from "../../lib/store/applications.ts";
import { importStore } from "../../lib/store/imports.ts";
import { keyMarkStore } from "../../lib/store/key-marks.ts";
import { keys } from "../../lib/store/keys.ts";
import { lineupStore } from "../../lib/store/lineups.ts";
import { seasonStore } from "../../lib/store/seasons.ts";
import { snapshotStore } from "../../lib/store/snapshots.ts";
import { application, attestation, auditEvent, grant, OPENS_AT, season } from "../support/samples.ts";
import { storeBehindProxy } from "../support/store-behind-proxy.ts";

// No test is about speed; a busy machine is given time.
jest.setTimeout(120_000);
const store = await storeBehindProxy();
const { registry, delivery, proxy } = store;
const applications = applicationStore(registry);
const keyMarks = keyMarkStore(registry);
let made = 0;
/** Each test has a surface and a season of its own. */
let surface = "";
let id = "";

beforeEach(async () => {
  proxy.clear();
  surface = `surface-${++made}`;
  id = `season-${made}`;
  const admissions = season().admissions.map((each) => ({ ...each, surface }));
  await seasonStore(registry).create(season({ id, admissions }), saving(`season/${id}`));
});
afterAll(() => store.close());

const saving = (subject: string, version = 1): Commitment => ({
  event: auditEvent({ id: `${store.run}.${++made}`, subject, version }),
  receipt: null,
});
const of = (it: Application) => saving(`application/${it.id}`, it.version);
const next = (it: Application, over: Partial<Application>): Application => ({ ...it, ...over, version: it.version + 1 });
const turned = <K extends Attestation | Grant>(key: K, state: K["state"]): K => ({ ...key, state, version: key.version + 1 });

interface Let {
  readonly approved: Application;
  readonly vouched: Attestation;
  readonly given: Grant;
}

/** A brand that is let in with both its keys. */
async function letIn(brand = "lanmo"): Promise<Let> {
  const begun = application({ id: `app_${id}`, brand, season: id, surfaces: [surface] });
  const vouched = attestation({ application: begun.id, brand, season: id, surfaces: [surface] });
  const given = grant({ id: `grt_${id}`, application: begun.id, brand, season: id, surface });
  const attested = next(begun, { attestedAt: 1 });
  const approved = next(attested, { state: "approved" });
  await applications.begin(begun, of(begun));
  await applications.attest(attested, vouched, undefined, of(attested));
  await applications.approve(approved, vouched, [given], [], of(approved));
  return { approved, vouched, given };
}

const mark = (subject: string, version = 2, from = 0) => ({ surface, season: id, brand: "lanmo", subject, version, from });
const attestationMark = (version?: number) => mark(`attestation/app_${id}`, version);
const grantMark = (version?: number) => mark(`grant/grt_${id}`, version);

const turnGrant = (grantBefore: Grant, state: Grant["state"]) => {
  const after = turned(grantBefore, state);
  return applications.turnGrant(after, [], saving(`grant/${after.id}`, after.version)).then(() => after);
};
const turnAttestation = (before: Attestation, state: Attestation["state"]) => {
  const after = turned(before, state);
  return applications.turnAttestation(after, saving(`attestation/${after.application}`, after.version)).then(() => after);
};

describe("a mark is written in the transaction that takes the key away", () => {
  /** How many items the last transaction wrote, if it was one. */
  const transactions = () => proxy.log.filter(({ op }) => op === "TransactWriteItems");

  test.each(["suspended", "revoked"] as const)("when the attestation is %s, on every surface of it", async (state) => {
    const { vouched } = await letIn();
    expect(await keyMarks.of(surface)).toEqual([]);
    proxy.clear();
    await turnAttestation({ ...vouched, surfaces: [surface, `${surface}-b`] }, state);
    expect(await keyMarks.of(surface)).toEqual([attestationMark()]);
    expect(await keyMarks.of(`${surface}-b`)).toEqual([{ ...attestationMark(), surface: `${surface}-b` }]);
    expect(transactions()).toHaveLength(1);
    await turnAttestation(turned(vouched, state), "current");
    expect(await keyMarks.of(surface)).toEqual([attestationMark()]);
  });

  test.each(["suspended", "revoked"] as const)("when the grant is %s, and each time it is", async (state) => {
    const { given } = await letIn();
    proxy.clear();
    const gone = await turnGrant(given, state);
    expect(transactions()).toHaveLength(1);
    expect(await keyMarks.of(surface)).toEqual([grantMark()]);
    await turnGrant(await turnGrant(gone, "current"), state);
    expect(await keyMarks.of(surface)).toEqual([grantMark(), grantMark(4)]);
  });

  test("when an application is withdrawn, or goes back to people, and its keys lapse", async () => {
    for (const verb of ["withdraw", "submit"] as const) {
      const { approved, vouched, given } = await letIn();
      const lapsing = { attestation: turned(vouched, "revoked"), grants: [turned(given, "revoked")] };
      const after = next(approved, verb === "withdraw" ? { state: "withdrawn" } : { state: "pending", revision: 2 });
      proxy.clear();
      await applications[verb](after, lapsing, of(after));
      expect(transactions()).toHaveLength(1);
      expect(await keyMarks.of(surface)).toEqual([attestationMark(), grantMark()]);
      surface = `${surface}-again`;
      id = `${id}-again`;
    }
  });

  test("when an attestation that replaces another no longer vouches on a surface", async () => {
    const { approved, vouched } = await letIn();
    const replaced = { ...vouched, surfaces: [surface, `${surface}-left`] };
    const after = next(approved, { attestedAt: 2 });
    await applications.attest(after, { ...vouched, version: 2 }, replaced, of(after));
    expect(await keyMarks.of(surface)).toEqual([]);
    expect(await keyMarks.of(`${surface}-left`)).toEqual([{ ...attestationMark(), surface: `${surface}-left` }]);
  });

  test("when a list narrows a grant or shortens an attestation, and not when it widens one", async () => {
    const { vouched, given } = await letIn();
    const into = { id: `imp_${id}`, surface, season: id } as Import;
    const imports = importStore(registry);
    const write = (key: "grant" | "attestation", thing: Attestation | Grant, was: Attestation | Grant) => {
      const standing = { key: { thing: was, event: "" }, place: "imported" as const, names: [] };
      const subject = key === "grant" ? `grant/${given.id}` : `attestation/${vouched.application}`;
      return imports.write({ ...into, key }, [{ key: thing, standing, commitment: saving(subject, thing.version) }], null);
    };
    const wider = { ...given, templates: [...given.templates, "another"], version: 2 };
    expect(await write("grant", wider, given)).toEqual([true]);
    expect(await write("attestation", { ...vouched, expiresAt: vouched.expiresAt + 1, version: 2 }, vouched)).toEqual([true]);
    expect(await keyMarks.of(surface)).toEqual([]);
    expect(await write("grant", { ...given, version: 3 }, wider)).toEqual([true]);
    expect(await write("attestation", { ...vouched, expiresAt: OPENS_AT, version: 3 }, vouched)).toEqual([true]);
    expect(await keyMarks.of(surface)).toEqual([{ ...attestationMark(3), from: OPENS_AT }, grantMark(3)]);
    // Planned on what is not there any more: refused, and nothing is marked.
    expect(await write("grant", { ...given, templates: [], version: 3 }, wider)).toEqual([false]);
    expect(await keyMarks.of(surface)).toHaveLength(2);
  });

  test("and not when the change is refused, nor twice when its answer was lost", async () => {
    const { given, vouched } = await letIn();
    await expect(turnGrant({ ...given, version: 5 }, "suspended")).rejects.toMatchObject({ code: "changed-meanwhile" });
    await expect(turnAttestation({ ...vouched, version: 5 }, "revoked")).rejects.toMatchObject({ code: "changed-meanwhile" });
    expect(await keyMarks.of(surface)).toEqual([]);
    proxy.rules([{ op: "TransactWriteItems", act: "lose500", times: 1 }]);
    await turnGrant(given, "suspended");
    expect(await keyMarks.of(surface)).toEqual([grantMark()]);
  });
});

describe("a publication", () => {
  const publish = (over: { readonly marks?: Partial<KeyMarkStore>; readonly lineups?: Partial<LineupStore> } = {}) => {
    const surfaces = [{ id: surface } as Surface];
    return publishSnapshots({
      seasons: seasonStore(registry),
      lineups: { ...lineupStore(registry), ...over.lineups },
      keyMarks: { ...keyMarks, ...over.marks },
      snapshots: snapshotStore(delivery),
      catalogue: { surfaces, surface: () => surfaces[0], host: () => undefined, marketplace: () => undefined },
      now: () => OPENS_AT,
      log: () => undefined,
    })();
  };
  const published = async () => {
    const pointer = await snapshotStore(delivery).pointer(surface);
    const snapshot = pointer && (await snapshotStore(delivery).load(surface, pointer));
    return snapshot?.seasons.find((each) => each.id === id)?.brands[0]?.grants[0];
  };

  test("removes the marks that it has caught up with", async () => {
    const { given, vouched } = await letIn();
    await publish();
    await turnGrant(given, "suspended");
    await turnAttestation(vouched, "revoked");
    expect(await published()).toMatchObject({ version: 1, state: "current" });
    await publish();
    expect(await published()).toMatchObject({ version: 2, state: "suspended" });
    expect(await keyMarks.of(surface)).toEqual([]);
  });

  test("whose lineup was read in the midst of a transaction leaves the mark of what it did not see", async () => {
    const { given } = await letIn();
    const torn = await lineupStore(registry).read(surface, id);
    await turnGrant(given, "suspended");
    await publish({ lineups: { read: async () => torn } });
    expect(await published()).toMatchObject({ version: 1, state: "current" });
    expect(await keyMarks.of(surface)).toEqual([grantMark()]);
    await publish();
    expect(await keyMarks.of(surface)).toEqual([]);
  });

  test("that is overtaken by another suspension leaves the mark of that one", async () => {
    const { given } = await letIn();
    const suspended = await turnGrant(given, "suspended");
    const lineups: Partial<LineupStore> = {
      async read(...place) {
        const lineup = await lineupStore(registry).read(...place);
        await turnGrant(await turnGrant(suspended, "current"), "suspended");
        return lineup;
      },
    };
    await publish({ lineups });
    expect(await published()).toMatchObject({ version: 2 });
    expect(await keyMarks.of(surface)).toEqual([grantMark(4)]);
  });

  test("killed before it has removed them does no harm: the next one does", async () => {
    const { given } = await letIn();
    await turnGrant(given, "suspended");
    const killed = { remove: () => Promise.reject(new Error("killed")) };
    await expect(publish({ marks: killed })).rejects.toThrow("killed");
    expect(await published()).toMatchObject({ version: 2, state: "suspended" });
    expect(await keyMarks.of(surface)).toEqual([grantMark()]);
    await publish();
    expect(await keyMarks.of(surface)).toEqual([]);
  });

  test("removes the marks of a season that is over, and leaves those of one that cannot be read", async () => {
    const { given } = await letIn();
    await seasonStore(registry).save(season({ id, status: "closed", version: 2 }), saving(`season/${id}`, 2));
    await turnGrant(given, "revoked");
    const broken = { pk: keys.lineup(surface, id), sk: "GRANT#lanmo#grt_broken" };
    await registry.put({ ...broken, doc: "?" });
    await publish();
    expect(await keyMarks.of(surface)).toEqual([grantMark()]);
    await registry.delete(broken);
    await publish();
    expect(await keyMarks.of(surface)).toEqual([]);
  });

  test("of very many removes some, and the next the rest", async () => {
    const { given } = await letIn();
    await turnGrant(given, "suspended");
    const earlier = Array.from({ length: 550 }, (_, n) => attestationMarkOf(n));
    for (let from = 0; from < earlier.length; from += 50)
      await Promise.all(
        earlier.slice(from, from + 50).map(({ surface: _, ...rest }) => registry.put({ ...keys.keyMark({ surface, ...rest }), ...rest })),
      );
    await publish();
    expect(await keyMarks.of(surface)).toHaveLength(51);
    await publish();
    expect(await keyMarks.of(surface)).toEqual([]);
  });

  const attestationMarkOf = (n: number) => mark(`attestation/app_of_a_withdrawn_${n}`);
});
