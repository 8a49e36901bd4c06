import { describe, expect, test } from "@jest/globals";
import { APPLICATION_MACHINE } from "../../../lib/domain/application-machine.ts";
import type { AuditEvent } from "../../../lib/domain/audit.ts";
import { CAMPAIGN_MACHINE } from "../../../lib/domain/campaign-machine.ts";
import { CARD_MACHINE } from "../../../lib/domain/card-machine.ts";
import { announcementOf, CHANGE_TYPES, type FedChange, feedFor, unbroken } from "../../../lib/domain/change.ts";
import { GRANT_MACHINE } from "../../../lib/domain/key.ts";
import { turned } from "../../support/announced.ts";

const event = (changes: Partial<AuditEvent>) => turned("", changes);
const typeOf = (action: string, after = "x") => announcementOf(event({ action, after })).entries[0]?.change.type;
const feedsOf = (changes: Partial<AuditEvent>) => announcementOf(event(changes)).entries.map(({ feed }) => feed);
const verbs = (machine: object) => [...new Set(Object.values(machine).flatMap((steps) => Object.keys(steps)))];

describe("a change's type", () => {
  test("says what has happened, for every verb of the machines", () => {
    for (const verb of ["draft", "renew", ...verbs(APPLICATION_MACHINE)]) expect(CHANGE_TYPES).toContain(typeOf(`application:${verb}`));
    for (const kind of ["grant", "attestation"])
      for (const verb of ["give", ...verbs(GRANT_MACHINE)]) expect(CHANGE_TYPES).toContain(typeOf(`${kind}:${verb}`));
    for (const verb of ["create", ...verbs(CAMPAIGN_MACHINE)]) expect(CHANGE_TYPES).toContain(typeOf(`campaign:${verb}`));
    for (const verb of ["create", ...verbs(CARD_MACHINE)]) expect(CHANGE_TYPES).toContain(typeOf(`card:${verb}`));
  });

  test("says which way it went where there are two", () => {
    expect(typeOf("season:turn", "open")).toBe("season.opened");
    expect(typeOf("season:turn", "closed")).toBe("season.closed");
    expect(typeOf("season:turn", "archived")).toBe("season.archived");
  });

  test("of what has no name yet is that it changed: nothing is kept back for want of a word", () => {
    expect(typeOf("budget:raise")).toBe("budget.changed");
  });

  test("is one of each", () => {
    expect(new Set(CHANGE_TYPES).size).toBe(CHANGE_TYPES.length);
  });
});

describe("those who are told", () => {
  test("are the host, the marketplace and the brand it concerns", () => {
    expect(feedsOf({})).toEqual(["host/wechat", "marketplace/tmall", "brand/lanmo"]);
    expect(feedsOf({ concern: { host: "wechat", marketplace: "tmall", brand: null, season: "s", surfaces: [] } })).toEqual([
      "host/wechat",
      "marketplace/tmall",
    ]);
  });

  test("of a draft, and of a draft that is thrown away, are the brand alone", () => {
    for (const [before, after] of [
      [null, "draft"],
      ["draft", "draft"],
      ["draft", "withdrawn"],
    ] as const)
      expect(feedsOf({ before, after })).toEqual(["brand/lanmo"]);
    expect(feedsOf({ before: "draft", after: "pending" })).toHaveLength(3);
    expect(feedsOf({ before: "pending", after: "withdrawn" })).toHaveLength(3);
  });

  test("of a season are nobody until it is published, and then of what is", () => {
    const told = (action: string, before: string | null, after: string) => feedsOf({ action, before, after }).length > 0;
    for (const action of ["season:propose", "season:propose-extension", "season:withdraw-proposal"])
      expect([action, told(action, "open", "open")]).toEqual([action, false]);
    expect(told("season:plan", null, "draft")).toBe(false);
    expect(told("season:edit", "draft", "draft")).toBe(false);
    expect(told("season:cancel", "draft", "cancelled")).toBe(false);
    expect(told("season:cancel", "scheduled", "cancelled")).toBe(true);
    expect(told("season:publish-proposal", "open", "open")).toBe(true);
    expect(told("season:close-early", "open", "open")).toBe(true);
  });

  test("never learn who in person did it, nor under which request", () => {
    const text = JSON.stringify(announcementOf(event({})).entries);
    expect(text).not.toMatch(/usr_|req-/);
  });
});

describe("whose feed somebody reads", () => {
  const user = (role: "brand" | "attester" | "reviewer" | "operator" | "auditor", tenant: string) => ({ sub: "usr", role, tenant });

  test("is their own tenant's", () => {
    expect(feedFor(user("brand", "lanmo"), undefined)).toBe("brand/lanmo");
    expect(feedFor(user("attester", "tmall"), undefined)).toBe("marketplace/tmall");
    for (const role of ["reviewer", "operator"] as const) {
      expect(feedFor(user(role, "wechat"), undefined)).toBe("host/wechat");
      expect(feedFor(user(role, "wechat"), "wechat")).toBe("host/wechat");
    }
  });

  test("is the named host's for an auditor, who has none", () => {
    expect(feedFor(user("auditor", "*"), "wechat")).toBe("host/wechat");
    expect(() => feedFor(user("auditor", "*"), undefined)).toThrow(expect.objectContaining({ code: "host-not-named" }));
  });

  test.each([user("brand", "lanmo"), user("attester", "tmall"), user("reviewer", "other"), user("operator", "other")])(
    "is no host's for %j",
    (one) => {
      expect(() => feedFor(one, "wechat")).toThrow(expect.objectContaining({ code: "not-found" }));
    },
  );
});

test("what follows a gap is left for the next reading", () => {
  const at = (...sequences: number[]) => sequences.map((sequence) => ({ sequence }) as FedChange);
  expect(unbroken(at(5, 6, 8), 4)).toEqual(at(5, 6));
  expect(unbroken(at(6, 7), 4)).toEqual([]);
  expect(unbroken(at(5, 6), 4)).toEqual(at(5, 6));
  expect(unbroken([], 4)).toEqual([]);
});
