import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type { User } from "../../../lib/domain/authorisation.ts";
import { people } from "../../../scripts/local/people.ts";
import { type Caller, openGate } from "../../support/gate.ts";
import { CARD, newBrand, stepsOf } from "../../support/gate-steps.ts";
import { expectProblem } from "../../support/problem.ts";

const gate = await openGate();
const go = stepsOf(gate);
afterAll(() => gate.close());
beforeAll(() => go.season());

type List = "cards" | "campaigns";
const page = (list: List, as: Caller, query: Readonly<Record<string, string>> = {}) => gate.call(`GET /v1/${list}`, { as, query });

/** Every page of a list, by the ids on it. */
async function pages(list: List, as: Caller, limit: number): Promise<string[][]> {
  const found: string[][] = [];
  for (let cursor: string | undefined; ; ) {
    const { body } = await page(list, as, { limit: String(limit), ...(cursor ? { cursor } : {}) });
    found.push(body[list].map(({ id }: { id: string }) => id));
    if (body.next === null) return found;
    cursor = body.next;
  }
}

/** A granted brand with so many further campaigns, and as many cards that wait in the first. */
async function withMany(count: number): Promise<{ brand: User; campaigns: string[]; cards: string[] }> {
  const brand = newBrand();
  const { campaign, card } = await go.admit(brand);
  const [campaigns, cards] = [[campaign], [card]];
  for (let made = 0; made < count; made++) {
    campaigns.push((await go.campaign(brand)).id);
    cards.push((await go.card(campaign, brand)).id);
  }
  return { brand, campaigns, cards };
}

test.each([
  [1, [1, 1, 1, 1, 1]],
  [2, [2, 2, 1]],
  [5, [5]],
  [100, [5]],
])("a brand finds all of its own, newest first, %i to a page", async (limit, sizes) => {
  const { brand, campaigns, cards } = await withMany(4);
  for (const [list, made] of [["campaigns", campaigns] as const, ["cards", cards] as const]) {
    const found = await pages(list, brand, limit);
    expect(found.map((each) => each.length)).toEqual(sizes);
    expect(found.flat()).toEqual([...made].sort().reverse());
  }
});

test("a brand that has nothing has an empty list", async () => {
  expect((await page("cards", newBrand())).body).toEqual({ cards: [], next: null });
  expect((await page("campaigns", newBrand())).body).toEqual({ campaigns: [], next: null });
});

test("the reviewer's queue has what waits, longest first, and nothing that was ruled on", async () => {
  const { brand, cards } = await withMany(2);
  const [approved = "", ...waiting] = cards;
  // They may be of one millisecond: then only their ids have an order.
  const [first = "", second = ""] = waiting.sort();
  const mine = async () => (await pages("cards", "reviewer", 2)).flat().filter((id) => cards.includes(id));
  expect(await mine()).toEqual([first, second]);
  await go.approveCard(first);
  expect(await mine()).toEqual([second]);
  await gate.setClock("2024-05-13T11:00:00+08:00");
  const { text } = (await page("cards", brand)).body.cards[0];
  const { body: card } = await gate.call("GET /v1/cards/{card}", { as: brand, params: { card: approved } });
  const { template, offer, callToAction } = card;
  const body = { template, text, offer: null, callToAction, images: CARD.images, destination: { kind: "store" }, version: card.version };
  expect(offer).not.toBeNull();
  const changed = await gate.call("PUT /v1/cards/{card}", { as: brand, params: { card: approved }, body });
  expect(changed.body).toMatchObject({ status: "pending" });
  expect(await mine()).toEqual([second, approved]);
  const elsewhere = { ...people.reviewer, role: "reviewer", tenant: "another-host" } as const;
  expect((await page("cards", elsewhere)).body.cards).toEqual([]);
});

test("a cursor is its caller's and its list's own", async () => {
  const { brand } = await withMany(2);
  const { body } = await page("cards", brand, { limit: "1" });
  const refused = { status: 400, code: "cursor-invalid" } as const;
  expectProblem(await page("cards", newBrand(), { cursor: body.next }), refused);
  expectProblem(await page("campaigns", brand, { cursor: body.next }), refused);
  expectProblem(await page("cards", brand, { cursor: `${body.next.slice(0, -1)}${body.next.endsWith("A") ? "B" : "A"}` }), refused);
  expectProblem(await page("cards", brand, { limit: "0" }), { status: 400, code: "invalid-request" });
  expectProblem(await page("cards", brand, { limit: "101" }), { status: 400, code: "invalid-request" });
});
