import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { Destination, LinkKind, Marketplace } from "../../../lib/domain/destination.ts";
import type { Door, Host } from "../../../lib/domain/host.ts";
import { firstOpen, type Phone, waysFor } from "../../../lib/domain/routing.ts";
import { isAtLeast, SYSTEMS } from "../../../lib/domain/targeting.ts";
import { wholeCatalogue } from "../../support/routing-data.ts";

/** A way is written as its link form, the door it takes, and how. */
interface Case {
  readonly phone: Omit<Phone, "surface">;
  readonly domain: string;
  readonly to: Destination;
  readonly ways: readonly string[];
  readonly first: string;
}
interface CaseFile {
  readonly about: string;
  readonly surface: string;
  readonly marketplace: string;
  readonly macros: Readonly<Record<string, string>>;
  readonly cases: readonly Case[];
}

const ROOT = resolve(import.meta.dirname, "../../conformance/routing");
const catalogue = wholeCatalogue();
const files = (["exemplary", "supplemental"] as const).flatMap((folder) =>
  readdirSync(resolve(ROOT, folder)).map((name): [string, CaseFile] => [
    `${folder}/${name}`,
    JSON.parse(readFileSync(resolve(ROOT, folder, name), "utf8")),
  ]),
);
const cases = files.flatMap(([name, file]) => file.cases.map((each, index) => [`${name} ${index}: ${file.about}`, file, each] as const));

const marketplaceOf = (id: string) => catalogue.marketplace(id) as Marketplace;
const hostOf = (surface: string) => catalogue.host(catalogue.surface(surface)?.host ?? "");

const waysOf = ({ surface, marketplace, macros }: CaseFile, { phone, domain, to }: Case) =>
  waysFor({ marketplace: marketplaceOf(marketplace), host: hostOf(surface), domain }, to, { ...phone, surface }, macros);

const told = (file: CaseFile, each: Case) => {
  const ways = waysOf(file, each);
  return { ways: ways.map(({ id, door, through }) => `${id} ${door} ${through}`), first: ways[0]?.url };
};

test.each(cases)("%s", (_name, file, each) => {
  expect(told(file, each)).toEqual({ ways: each.ways, first: each.first });
});

test("there are cases to read, and 150 and more over the matrix", () => {
  expect(files.filter(([name]) => name.startsWith("exemplary/")).length).toBeGreaterThanOrEqual(10);
  expect(cases.length).toBeGreaterThanOrEqual(150);
});

describe("the matrix", () => {
  const versionsOf = ({ doors }: Host) => [...new Set(doors.flatMap(({ from, before }) => [from ?? [], before ?? []].flat()))];
  /** How many of the versions at which a host's doors turn a version has reached; a dash for one that is not known. */
  const bandOf = (host: Host, version: string) =>
    version === "" ? "-" : `${versionsOf(host).filter((turn) => isAtLeast(version, turn)).length}`;
  const domainsOf = ({ permits }: Host, marketplace: string) =>
    permits.flatMap((permit) => (permit.marketplace === marketplace && permit.domain !== null ? [permit.domain] : []));
  const permissionOf = (host: Host, marketplace: string, domain: string) =>
    domainsOf(host, marketplace).includes(domain) ? domain : "no permission by domain";
  const appsOf = (marketplace: Marketplace, installed: readonly string[]) =>
    marketplace.apps.filter((app) => installed.includes(app)).join("+") || "no app";
  const subsets = (apps: readonly string[]): readonly string[] =>
    Array.from({ length: 2 ** apps.length }, (_, bits) => apps.filter((_app, at) => bits & (1 << at)).join("+") || "no app");

  const cellsOf = (host: Host, marketplace: Marketplace) =>
    [...SYSTEMS, "no system"].flatMap((os) =>
      ["-", ...Array.from({ length: versionsOf(host).length + 1 }, (_, band) => `${band}`)].flatMap((band) =>
        subsets(marketplace.apps).flatMap((apps) =>
          [...domainsOf(host, marketplace.id), "no permission by domain"].map((domain) => [host.id, os, band, apps, domain].join(" | ")),
        ),
      ),
    );
  const cellOf = ({ surface, marketplace }: CaseFile, { phone, domain }: Case) => {
    const host = hostOf(surface);
    const { os, hostVersion, installedApps } = phone;
    return host
      ? [
          host.id,
          os ?? "no system",
          bandOf(host, hostVersion),
          appsOf(marketplaceOf(marketplace), installedApps),
          permissionOf(host, marketplace, domain),
        ].join(" | ")
      : "an unknown host";
  };

  const covered = new Set(cases.map(([, file, each]) => cellOf(file, each)));

  test.each([
    ["wechat-moments", "tmall", 48],
    ["breeze-stream", "sundry", 240],
  ])("of %s has a case in every cell: system, version, apps, permission", (surface, marketplace, cells) => {
    const wanted = cellsOf(hostOf(surface) as Host, marketplaceOf(marketplace));
    expect(new Set(wanted).size).toBe(cells);
    expect(wanted.filter((cell) => !covered.has(cell))).toEqual([]);
  });

  test("has a case that takes each door, but for those that nobody may take", () => {
    const taken = new Set(cases.flatMap(([, { surface }, { ways }]) => ways.map((way) => `${hostOf(surface)?.id} ${way.split(" ")[1]}`)));
    const doors = ["wechat-moments", "breeze-stream"]
      .map(hostOf)
      .flatMap((host) => (host ? host.doors.map(({ id }) => `${host.id} ${id}`) : []));
    expect(doors.filter((door) => !taken.has(door))).toEqual(["wechat launch-tag"]);
  });
});

test("the runner finds a fault in every case that expects anything else", () => {
  for (const [, file, each] of cases) {
    const said = told(file, each);
    for (const wrong of [
      { ...each, ways: each.ways.slice(1) },
      { ...each, ways: [...each.ways].reverse().concat("x") },
      { ...each, first: `${each.first}0` },
    ])
      expect(said).not.toEqual({ ways: wrong.ways, first: wrong.first });
  }
});

describe("where WeChat's launch permission is bound", () => {
  const tmall = marketplaceOf("tmall");
  const wechat = hostOf("wechat-moments") as Host;
  const doors = wechat.doors.filter(({ id }) => id !== "card-jump");
  const bound = { doors, permits: [{ permission: "wx-open-launch-app", marketplace: "tmall", app: "tmall", domain: "gate.example" }] };
  const phone = { surface: "wechat-moments", os: "ios", hostVersion: "7.0.12", installedApps: ["tmall", "taobao"] } as const;
  const doorsOn = (over: Partial<Phone>, domain: string | null = "gate.example") =>
    waysFor({ marketplace: tmall, host: bound, domain }, { kind: "store", id: "1" }, { ...phone, ...over }).map(
      ({ id, door }) => `${id} ${door}`,
    );

  test("a page comes first, for the one app and on the one domain, from 7.0.12 on iOS and Android", () => {
    expect(doorsOn({})).toEqual(["tmall-app launch-tag", "web web"]);
    expect(doorsOn({ os: "android", hostVersion: "8" })).toEqual(["tmall-app launch-tag", "web web"]);
    expect(doorsOn({}, null)).toEqual(["tmall-app launch-tag", "web web"]);
    for (const [over, domain] of [
      [{ hostVersion: "7.0.11" }, "gate.example"],
      [{ hostVersion: "" }, "gate.example"],
      [{ os: "harmonyos" }, "gate.example"],
      [{ os: null }, "gate.example"],
      [{ installedApps: ["taobao"] }, "gate.example"],
      [{}, "www.gate.example"],
    ] as const)
      expect(doorsOn(over, domain)).toEqual(["web web"]);
  });
});

describe("of the ways there are", () => {
  const [app, web] = [{ needsApp: "one" }, { needsApp: null }].map((way, index) => ({
    ...way,
    id: `${index}`,
    by: "web" as const,
    url: "",
    door: "",
    through: "straight" as const,
  })) as [Parameters<typeof firstOpen>[0][number], Parameters<typeof firstOpen>[0][number]];
  const but =
    (...stopped: readonly LinkKind[]) =>
    (kind: LinkKind) =>
      !stopped.includes(kind);

  test.each([
    ["the first, where nothing is stopped", [app, web], but(), "0"],
    ["the web, where links into apps are stopped", [app, web], but("app"), "1"],
    ["the app, where links to web pages are", [web, app], but("web"), "0"],
    ["none, where both are", [app, web], but("app", "web"), undefined],
    ["none, where there is none", [], but(), undefined],
  ])("%s is taken", (_name, ways, isOpen, id) => {
    expect(firstOpen(ways, isOpen)?.id).toBe(id);
  });

  test("without a word of switches, the first is taken", () => {
    expect(firstOpen([web, app])).toBe(web);
  });
});

describe("a door", () => {
  const sundry = marketplaceOf("sundry");
  const anybody: Door = {
    id: "d",
    by: ["scheme"],
    surfaces: null,
    os: null,
    from: null,
    before: null,
    permission: null,
    through: "straight",
  };
  const opens = (door: Partial<Door>, over: Partial<Phone> = {}) =>
    waysFor(
      { marketplace: sundry, host: { doors: [{ ...anybody, ...door }], permits: [] }, domain: "gate.example" },
      { kind: "item", id: "1" },
      { surface: "s", os: null, hostVersion: "", installedApps: ["sundry"], ...over },
    ).length > 0;

  test("that asks for nothing is open to whoever nothing is known of", () => {
    expect(opens({})).toBe(true);
  });

  test.each([
    ["surface", { surfaces: ["s"] }, {}, { surface: "t" }],
    ["system", { os: ["ios"] as const }, { os: "ios" as const }, { os: null }],
    ["version, from", { from: "2.10" }, { hostVersion: "2.10" }, { hostVersion: "2.9" }],
    ["version, before", { before: "2.10" }, { hostVersion: "2.9" }, { hostVersion: "2.10" }],
    ["version at all", { before: "2.10" }, { hostVersion: "0" }, { hostVersion: "" }],
  ])("that asks for a %s is shut to others, and to those who do not say", (_name, door, met, unmet) => {
    expect(opens(door, met)).toBe(true);
    expect(opens(door, unmet)).toBe(false);
  });

  test("is asked for the links it is for", () => {
    expect(opens({ by: ["intent", "web"] })).toBe(true);
    expect(opens({ by: ["intent"] })).toBe(false);
    expect(opens({ permission: "p" })).toBe(false);
  });
});
