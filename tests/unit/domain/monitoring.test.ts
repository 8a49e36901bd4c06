import { describe, expect, test } from "@jest/globals";
import { submitCard } from "../../../lib/domain/card.ts";
import { macrosOf } from "../../../lib/domain/macros.ts";
import { monitoringFaults, monitoringLinks } from "../../../lib/domain/monitoring.ts";
import { campaign, cardForm, grant, NAMES, OPENING, refusalOf, STORED, season, surface } from "./fixtures.ts";

const HOSTS = ["t.monitor.example"];
const faults = (...impression: readonly string[]) => monitoringFaults({ impression, click: [] }, HOSTS);

describe("a monitoring link", () => {
  test.each([
    "https://t.monitor.example/",
    "https://t.monitor.example/i?id=__IMPRESSION_ID__&c=__CAMPAIGN_ID__&t=__CLICK_TIME__",
    "https://t.monitor.example/__CARD_ID__/x",
  ])("may be %s", (address) => {
    expect(faults(address)).toEqual([]);
  });

  test.each([
    "",
    "t.monitor.example",
    "http://t.monitor.example/",
    "https://monitor.example/",
    "https://x.t.monitor.example/",
    "https://t.monitor.example.evil.com/",
    "https://t.monitor.example@evil.com/",
    "https://user@t.monitor.example/",
    "https://t.monitor.example:8443/",
    "https://t.monitor.example./",
    "https://t.monitor.example%2eevil.com/",
    "https://t.monitor.example\\@evil.com/",
    "https://T.monitor.example/",
    "https://ｔ.monitor.example/",
    "https://t.monitor.example/#x",
    "https://t.monitor.example",
    "https://t.monitor.example/a/../b",
    "https://__CARD_ID__.monitor.example/",
    "https://__CLICK_ID__/",
    "javascript:alert(1)",
  ])("may not be %s", (address) => {
    expect(faults(address).map(({ code, field }) => [code, field])).toEqual([["monitoring-host-not-listed", "/monitoring/impression/0"]]);
  });

  test.each(["https://t.monitor.example/?c=__CALLBACK__", "https://t.monitor.example/?c={storeId}"])(
    "has no macro that nobody fills: %s",
    (address) => {
      expect(faults(address)).toMatchObject([{ code: "monitoring-macro-unknown" }]);
    },
  );

  test("is named where it is wrong, with what is allowed", () => {
    const found = monitoringFaults(
      { impression: ["https://t.monitor.example/"], click: ["https://t.monitor.example/", "https://evil.com/"] },
      HOSTS,
    );
    expect(found).toEqual([
      {
        code: "monitoring-host-not-listed",
        field: "/monitoring/click/1",
        limit: "t.monitor.example",
        has: "https://evil.com/",
        detail: "Allowed: t.monitor.example. This has https://evil.com/.",
      },
    ]);
    expect(monitoringFaults({ impression: [], click: ["https://t.monitor.example/"] }, [])).toMatchObject([{ limit: "none" }]);
  });

  test("is filled, each value encoded", () => {
    const macros = macrosOf({ impression: "imp/1", campaign: "cmp_1", card: "crd_1", season: "618-2024", click: null });
    const links = {
      impression: ["https://t.monitor.example/?i=__IMPRESSION_ID__&c=__CLICK_ID__"],
      click: ["https://t.monitor.example/__CAMPAIGN_ID__"],
    };
    expect(monitoringLinks(links, macros)).toEqual({
      impression: ["https://t.monitor.example/?i=imp%2F1&c="],
      click: ["https://t.monitor.example/cmp_1"],
    });
  });
});

describe("a card's monitoring links", () => {
  const submit = (monitoring: Parameters<typeof cardForm>[0]) =>
    submitCard(cardForm(monitoring), {
      campaign: campaign(),
      grants: [grant()],
      season: season(),
      storeName: NAMES,
      surface: { ...surface, monitoringHosts: HOSTS },
      images: [STORED],
      id: "crd_1",
      by: "ann",
      at: OPENING,
    });

  test("are kept with it, for the host to see", () => {
    const monitoring = { impression: ["https://t.monitor.example/"], click: [] };
    expect(submit({ monitoring }).monitoring).toEqual(monitoring);
    expect(submit({}).monitoring).toBeNull();
  });

  test("are refused on a host that the surface does not list", () => {
    const refused = refusalOf(() => submit({ monitoring: { impression: [], click: ["https://evil.com/"] } }));
    expect(refused).toMatchObject({
      code: "card-not-acceptable",
      reasons: [{ code: "monitoring-host-not-listed", field: "/monitoring/click/0" }],
    });
  });
});
