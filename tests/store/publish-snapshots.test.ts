import { afterAll, beforeEach, expect, jest, test } from "@jest/globals";
import type { Commitment } from "../../lib/app/ports/call.ts";
import type { SnapshotPointer, SnapshotStore } from "../../lib/app/ports/snapshots.ts";
import type { Catalogue } from "../../lib/app/ports/world.ts";
import { publishSnapshots } from "../../lib/app/publish-snapshots.ts";
import { shippedCatalogue } from "../../lib/deps/catalogue.ts";
import { serve } from "../../lib/domain/snapshot.ts";
import { applicationStore } from "../../lib/store/applications.ts";
import { campaignStore } from "../../lib/store/campaigns.ts";
import { cardStore } from "../../lib/store/cards.ts";
import { keyMarkStore } from "../../lib/store/key-marks.ts";
import { lineupStore } from "../../lib/store/lineups.ts";
import { seasonStore } from "../../lib/store/seasons.ts";
import { snapshotStore } from "../../lib/store/snapshots.ts";
import { application, attestation, auditEvent, campaign, card, grant, OPENS_AT, season } from "../support/samples.ts";
import { type StoreBehindProxy, storeBehindProxy } from "../support/store-behind-proxy.ts";
import { servedSnapshot, surface } from "../unit/domain/fixtures.ts";

// Each test has tables of its own, which a busy machine is slow to make.
jest.setTimeout(60_000);
const stores: StoreBehindProxy[] = [];
let store: StoreBehindProxy;
let made = 0;

beforeEach(async () => {
  store = await storeBehindProxy();
  stores.push(store);
  const event = auditEvent({ id: `${store.run}.season`, subject: "season/618-2024" });
  await seasonStore(store.registry).create(season(), { event, receipt: null });
});
afterAll(() => Promise.all(stores.map((each) => each.close())));

const surfaces = [{ ...surface, id: "moments" }];
const { host, marketplace } = shippedCatalogue();
const catalogue: Catalogue = { surfaces, surface: (id) => surfaces.find((each) => each.id === id), host, marketplace };

/** The machine's own, standing still: what is past its end by the machine's clock is dropped. */
const MACHINE = Date.now();
const snapshots = () => snapshotStore(store.delivery, () => MACHINE);
const logged: unknown[] = [];
const publish = (by: SnapshotStore = snapshots()) =>
  publishSnapshots({
    seasons: seasonStore(store.registry),
    lineups: lineupStore(store.registry),
    keyMarks: keyMarkStore(store.registry),
    snapshots: by,
    catalogue,
    now: () => OPENS_AT,
    log: (...line) => void logged.push(line),
  })();

/** Publishes as the stream does: a batch that failed comes again. */
async function publishedAtLast(): Promise<void> {
  for (let times = 1; times <= 20; times++) {
    const error = await publish().catch((caught: unknown) => caught);
    if (error === undefined) return;
  }
  throw new Error("never published");
}

const served = async () => {
  const pointer = (await snapshots().pointer("moments")) as SnapshotPointer;
  return { pointer, snapshot: await snapshots().load("moments", pointer) };
};
const standing = async () => {
  const stored = await seasonStore(store.registry).get("618-2024");
  if (!stored) throw new Error("the season is gone");
  return servedSnapshot([serve(stored, await lineupStore(store.registry).read("moments", "618-2024"))], "moments");
};

const saving = (subject: string, version = 1): Commitment => ({
  event: auditEvent({ id: `${store.run}.${++made}`, subject, version }),
  receipt: null,
});

/** A brand is let in, sets up a campaign, and has a card approved: three changes of the lineup. */
function* changesBy(brand: string): Generator<() => Promise<void>> {
  const ids = { application: `app_${brand}`, campaign: `cmp_${brand}`, card: `crd_${brand}` };
  const form = application({ id: ids.application, brand, names: { zh: brand, en: brand } });
  const attested = { ...form, attestedAt: 1, version: 2 };
  const vouched = attestation({ application: ids.application, brand });
  const approved = { ...attested, state: "approved", version: 3 } as const;
  yield async () => {
    await applicationStore(store.registry).begin(form, saving(`application/${ids.application}`));
    await applicationStore(store.registry).attest(attested, vouched, undefined, saving(`application/${ids.application}`, 2));
    await applicationStore(store.registry).approve(
      approved,
      vouched,
      [grant({ application: ids.application, brand })],
      [],
      saving(`application/${ids.application}`, 3),
    );
  };
  yield () => campaignStore(store.registry).save(campaign({ id: ids.campaign, brand }), saving(`campaign/${ids.campaign}`));
  yield async () => {
    const filed = card({ id: ids.card, campaign: ids.campaign, brand });
    await cardStore(store.registry).save(filed, saving(`card/${ids.card}`));
    await cardStore(store.registry).save({ ...filed, status: "approved", version: 2 }, saving(`card/${ids.card}`, 2));
  };
}

test("five publishers, each after its own changes to the lineup, end with a snapshot of the lineup as it is", async () => {
  const publisher = async (i: number) => {
    for (const change of changesBy(`brand-${i}`)) {
      await change();
      await publishedAtLast();
    }
  };
  await Promise.all([1, 2, 3, 4, 5].map(publisher));
  const { snapshot } = await served();
  expect(snapshot).toEqual(await standing());
  expect(snapshot.seasons[0]?.brands.map(({ brand, campaigns }) => [brand, campaigns[0]?.cards.length])).toEqual(
    [1, 2, 3, 4, 5].map((i) => [`brand-${i}`, 1]),
  );
});

test("publishers without a change between them publish the same content once more at most each, and keep its parts", async () => {
  await publish();
  const { pointer } = await served();
  const parts = async () => (await store.items(store.delivery)).filter(({ sk }) => sk.startsWith("PART#"));
  const before = await parts();
  await Promise.all([1, 2, 3, 4, 5].map(publishedAtLast));
  const { pointer: after } = await served();
  expect(after).toEqual({ ...pointer, version: after.version });
  expect(after.version).toBeGreaterThan(pointer.version);
  expect(after.version).toBeLessThanOrEqual(pointer.version + 5);
  expect(await parts()).toEqual(before);
});

test("a publisher held up with a lineup that was so for a moment does not put it over the lineup as it is again", async () => {
  const [admit] = changesBy("brand-1");
  await admit?.();
  const given = grant({ application: "app_brand-1", brand: "brand-1" });
  const turn = (state: "current" | "suspended", version: number) =>
    applicationStore(store.registry).turnGrant({ ...given, state, version }, [], saving(`grant/${given.id}`, version));
  await turn("suspended", 2);
  await publish();
  await turn("current", 3);

  const reading = Promise.withResolvers<void>();
  const heldUp = Promise.withResolvers<void>();
  const slow = snapshots();
  const slowly = publish({
    ...slow,
    async publish(...content) {
      reading.resolve();
      await heldUp.promise;
      return slow.publish(...content);
    },
  });
  await reading.promise;
  await turn("suspended", 4);
  await publish();
  heldUp.resolve();
  await slowly;

  const { snapshot } = await served();
  expect(snapshot).toEqual(await standing());
  expect(snapshot.seasons[0]?.brands[0]?.grants).toMatchObject([{ state: "suspended" }]);
});

test("a snapshot holds seasons that are scheduled or open on its surface, and no other", async () => {
  const seasons = seasonStore(store.registry);
  const elsewhere = season().admissions.map((admission) => ({ ...admission, surface: "another" }));
  for (const other of [
    season({ id: "open", status: "open" }),
    season({ id: "draft", status: "draft" }),
    season({ id: "closed", status: "closed" }),
    season({ id: "elsewhere", admissions: elsewhere }),
  ])
    await seasons.create(other, saving(`season/${other.id}`));
  await publish();
  expect((await served()).snapshot.seasons.map(({ id }) => id)).toEqual(["618-2024", "open"]);
});

test("what cannot be read is left out of the snapshot, and keeps nothing else out of it", async () => {
  const seasons = seasonStore(store.registry);
  for (const id of ["sound", "broken-lineup"]) await seasons.create(season({ id }), saving(`season/${id}`));
  await store.registry.put({ pk: "SEASONS", sk: "SEASON#broken", version: 1, doc: { status: "open" } });
  await store.registry.put({ pk: "LINEUP#moments#broken-lineup", sk: "GRANT#lanmo#grt_1", doc: "?" });
  await publish();
  expect((await served()).snapshot.seasons.map(({ id }) => id)).toEqual(["618-2024", "sound"]);
  expect(logged).toContainEqual(["error", "lineup-unreadable", expect.objectContaining({ season: "broken-lineup" })]);
});

test("a publication that is struck down anywhere is made up by the next", async () => {
  const [change] = changesBy("brand-1");
  await publish();
  await change?.();
  for (let after = 0; after < 8; after++) {
    store.proxy.clear();
    store.proxy.rules([{ op: "*", act: "lose500", after, times: 9 }]);
    await publish().catch(() => undefined);
    store.proxy.clear();
    expect((await served()).snapshot.surface).toBe("moments");
  }
  await publish();
  expect((await served()).snapshot).toEqual(await standing());
}, 20_000);
