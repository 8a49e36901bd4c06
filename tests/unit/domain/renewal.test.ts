import { describe, expect, test } from "@jest/globals";
import { lastApproved, renew } from "../../../lib/domain/renewal.ts";
import { application, season } from "../../support/samples.ts";

const act = { by: "bo", at: 7 };
const ruling = (verb: "approve" | "deny", revision: number) => ({ verb, by: "rob", at: 5, revision, feedback: [] });

describe("a renewal", () => {
  test("begins from the revision approved last, not from one submitted or denied since", () => {
    expect(lastApproved({ rulings: [ruling("approve", 1), ruling("approve", 3), ruling("deny", 4)] })).toBe(3);
  });

  test("of what was never approved is refused", () => {
    expect(() => lastApproved({ rulings: [ruling("deny", 1)] })).toThrow(expect.objectContaining({ code: "wrong-state" }));
  });

  test("carries over what the brand said of itself, and nothing of what people made of it", () => {
    const approved = application({ state: "approved", revision: 3, version: 9, attestedAt: 4, rulings: [ruling("approve", 3)] });
    const renewed = renew(approved, season({ id: "618-2025", host: "other" }), { ...act, id: "app_2" });
    expect(renewed).toMatchObject({
      id: "app_2",
      season: "618-2025",
      host: "other",
      brand: approved.brand,
      names: approved.names,
      documents: approved.documents,
      state: "draft",
      revision: 0,
      version: 1,
      attestedAt: null,
      rulings: [],
      flags: [],
      editors: ["bo"],
      renews: { application: approved.id, revision: 3 },
    });
  });

  test("to the same season is refused", () => {
    expect(() => renew(application(), season(), { ...act, id: "app_2" })).toThrow(expect.objectContaining({ code: "wrong-state" }));
  });
});
