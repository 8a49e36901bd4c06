import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import * as z from "zod";
import { window } from "../../../lib/contracts/campaigns.ts";
import { cards } from "../../../lib/contracts/cards.ts";
import { shippedCatalogue } from "../../../lib/deps/catalogue.ts";
import { submitCard } from "../../../lib/domain/card.ts";
import { lint } from "../../../lib/domain/card-lint.ts";
import type { Surface } from "../../../lib/domain/surface.ts";
import { campaign, frozen, grant, HOUR, image, NAMES, OPENING, refusalOf, season } from "../domain/fixtures.ts";

/** Cards as brands send them, against the surface that ships: `exemplary` is for reading, `supplemental` for the edges. */
const CASES = z.array(
  z.strictObject({
    about: z.string(),
    flight: window.optional(),
    card: z.record(z.string(), z.unknown()).default({}),
    images: z.array(z.record(z.string(), z.unknown())).optional(),
    faults: z.array(z.strictObject({ code: z.string(), field: z.string(), limit: z.string(), has: z.string() })),
  }),
);

const BASE = {
  campaign: "cmp_00000000000000000000000001",
  template: "310",
  text: { text: "春茶新到，一叶入杯。" },
  offer: null,
  callToAction: "去逛逛",
  destination: { kind: "store" },
};
/** What the brand has uploaded, when a case does not say. */
const IMAGES = [image(), image({ role: "head", width: 200, height: 200 })];
const fingerprint = (index: number) => String(index).repeat(64);
/** Two waves from 20:00 to 23:00 on 20 May, and a mark that is licensed until 22:00. */
const SEASON = season({ markLicences: [{ mark: "618-logo", from: OPENING, until: OPENING + 2 * HOUR }] });
const surface = shippedCatalogue().surface("wechat-moments") as Surface;
const granted = grant({ templates: ["310", "showcase-1-3"] });

const folders = ["exemplary", "supplemental"].map((folder) => join(import.meta.dirname, folder));
const files = folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));

describe.each(files.map((file) => [file.split("/").slice(-2).join("/"), file]))("%s", (_name, file) => {
  const cases = CASES.parse(JSON.parse(readFileSync(file, "utf8")));

  test.each(cases.map((each) => [each.about, each] as const))("%s", (_about, { flight = null, card, images = IMAGES, faults }) => {
    const stored = images.map((each, index) => ({ ...image(), ...each, sha256: fingerprint(index) }));
    const uses = stored.map(({ role, sha256 }) => ({ role, sha256 }));
    const form = frozen(cards.submit.body.parse({ ...BASE, images: uses, ...card }));
    const setting = { campaign: campaign({ flight }), season: SEASON, surface, grants: [granted], storeName: NAMES, images: stored };
    const found = lint(form, granted, setting);
    const inOrder = (list: readonly { field: string; code: string }[]) =>
      [...list].sort((one, other) => `${one.field} ${one.code}`.localeCompare(`${other.field} ${other.code}`));
    expect(inOrder(found.map(({ detail: _detail, ...rest }) => rest))).toEqual(inOrder(faults));
    for (const { detail } of found) expect(detail).toMatch(/\.$/);
    // The same rule: what lint finds is what submitting is refused for, and nothing else.
    const submit = () => submitCard(form, { ...setting, id: "crd_1", by: "ann", at: OPENING });
    if (faults.length === 0) expect(submit().status).toBe("pending");
    else
      expect(refusalOf(submit)).toEqual({ code: "card-not-acceptable", reasons: found.map(({ limit: _l, has: _h, ...reason }) => reason) });
  });
});
