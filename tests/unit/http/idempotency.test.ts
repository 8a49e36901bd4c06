import { describe, expect, test } from "@jest/globals";
import type { Claim, ReceiptStore } from "../../../lib/app/ports/call.ts";
import type { User } from "../../../lib/domain/authorisation.ts";
import { Refusal } from "../../../lib/domain/refusal.ts";
import { RequestFault } from "../../../lib/http/faults.ts";
import { claim, once } from "../../../lib/http/idempotency.ts";

const ANN: User = { sub: "ann", role: "brand", tenant: "brd_1" };
const request = { user: ANN, route: "POST /things/{thing}", params: { thing: "1" }, body: { name: "x" } };
const NOW = 1_716_206_400_999;
const claimOf = (over: Partial<typeof request> = {}, key = "key-1") => claim(key, { ...request, ...over }, NOW);

describe("a claim", () => {
  test("is the same for the same caller, route, parameters, key and body, and says until when it is kept", () => {
    expect(claimOf()).toEqual(claimOf());
    expect(claimOf()).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{64}$/),
      fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
      keepUntil: 1_716_206_400 + 86_400,
    });
  });

  test("is of the same caller whatever their role is called now", () => {
    expect(claimOf({ user: { ...ANN, role: "reviewer" } }).id).toBe(claimOf().id);
  });

  test.each([
    ["user", { user: { ...ANN, sub: "bo" } }],
    ["tenant", { user: { ...ANN, tenant: "brd_2" } }],
    ["route", { route: "PUT /things/{thing}" }],
    ["thing", { params: { thing: "2" } }],
  ])("of another %s is another claim", (_what, over) => {
    expect(claimOf(over).id).not.toBe(claimOf().id);
    expect(claimOf(over).fingerprint).toBe(claimOf().fingerprint);
  });

  test("of another key is another claim, and parts do not run into each other", () => {
    expect(claimOf({}, "key-2").id).not.toBe(claimOf().id);
    expect(claimOf({ user: { ...ANN, tenant: "a", sub: "bc" } }).id).not.toBe(claimOf({ user: { ...ANN, tenant: "ab", sub: "c" } }).id);
  });

  test.each([{ name: "y" }, {}, null, undefined, [], "x", { name: "x", more: 1 }])(
    "of another body, %j, is the same claim with another fingerprint",
    (body) => {
      expect(claimOf({ body: body as never }).id).toBe(claimOf().id);
      expect(claimOf({ body: body as never }).fingerprint).not.toBe(claimOf().fingerprint);
    },
  );

  test("without a body has a fingerprint too", () => {
    expect(claimOf({ body: undefined as never }).fingerprint).toBe(claimOf({ body: null as never }).fingerprint);
  });

  test.each(["a", "~", "!", "8e03978e-40d5-43dd-bc93-6894a57f9324", '"quoted"', "x".repeat(255)])("takes the key %j", (key) => {
    expect(claimOf({}, key).id).toMatch(/^[0-9a-f]{64}$/);
  });

  test.each(["", " ", "a b", "a\n", "\ta", "é", "钥匙", "a\u0000", "\u007f", "x".repeat(256)])("does not take the key %j", (key) => {
    expect(() => claimOf({}, key)).toThrow(new RequestFault("idempotency-key-invalid"));
  });
});

/** Receipts in memory, and work that does what a use case does: a change and its receipt, in one, or the refusal `commit` gives. */
function desk() {
  const kept = new Map<string, Claim & { readonly reply: unknown }>();
  const done: string[] = [];
  const receipts: ReceiptStore = {
    find: async (id) => {
      await Promise.resolve();
      return kept.get(id);
    },
  };
  const commit = async <T>(claimed: Claim, reply: T): Promise<T> => {
    await Promise.resolve();
    if (kept.has(claimed.id)) throw new Refusal("answered-already");
    kept.set(claimed.id, { ...claimed, reply });
    done.push(JSON.stringify(reply));
    return reply;
  };
  return { receipts, done, kept, commit };
}

describe("once", () => {
  test("the same request twice is answered alike and worked on once", async () => {
    const { receipts, done, commit } = desk();
    const ask = (id: string) => once(claimOf(), receipts, () => commit(claimOf(), { id }));
    expect(await ask("first")).toEqual({ id: "first" });
    expect(await ask("second")).toEqual({ id: "first" });
    expect(done).toEqual(['{"id":"first"}']);
  });

  test("another request under the same key is refused before it is worked on", async () => {
    const { receipts, done, commit } = desk();
    await once(claimOf(), receipts, () => commit(claimOf(), "first"));
    const other = claimOf({ body: { name: "y" } });
    await expect(once(other, receipts, () => commit(other, "second"))).rejects.toEqual(new RequestFault("idempotency-key-reused"));
    expect(done).toEqual(['"first"']);
  });

  test.each([
    ["user", { user: { ...ANN, sub: "bo" } }],
    ["route", { route: "PUT /things/{thing}" }],
    ["thing", { params: { thing: "2" } }],
  ])("the same key for another %s is worked on for itself", async (_what, over) => {
    const { receipts, commit } = desk();
    await once(claimOf(), receipts, () => commit(claimOf(), "first"));
    expect(await once(claimOf(over), receipts, () => commit(claimOf(over), "second"))).toBe("second");
  });

  test("of many at once, one is done and all are told of it", async () => {
    const { receipts, done, commit } = desk();
    const ask = (n: number) => once(claimOf(), receipts, () => commit(claimOf(), n));
    const replies = await Promise.all([1, 2, 3, 4, 5].map(ask));
    expect(done).toHaveLength(1);
    expect(new Set(replies)).toEqual(new Set([Number(done[0])]));
  });

  test("of two different ones at once under one key, one is done and the other is told that the key is taken", async () => {
    const { receipts, done, commit } = desk();
    const ask = (name: string) => {
      const claimed = claimOf({ body: { name } });
      return once(claimed, receipts, () => commit(claimed, name));
    };
    const settled = await Promise.allSettled([ask("x"), ask("y")]);
    expect(settled.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(settled.find((each) => each.status === "rejected")).toMatchObject({ reason: { code: "idempotency-key-reused" } });
    expect(done).toHaveLength(1);
  });

  test.each(["wrong-state", "already-applied", "already-attested", "changed-meanwhile", "trial-full"] as const)(
    "one that was overtaken by its twin, and finds the twin's work in its way (%s), is told what the twin was",
    async (code) => {
      const { receipts, done, commit } = desk();
      const overtaken = async (): Promise<string> => {
        await commit(claimOf(), "twin");
        throw new Refusal(code);
      };
      expect(await once(claimOf(), receipts, overtaken)).toBe("twin");
      expect(done).toEqual(['"twin"']);
    },
  );

  test("a refusal is not remembered: the same request may succeed later", async () => {
    const { receipts, kept, commit } = desk();
    const refused = async (): Promise<string> => {
      throw new Refusal("trial-full");
    };
    for (const _ of [1, 2]) await expect(once(claimOf(), receipts, refused)).rejects.toMatchObject({ code: "trial-full" });
    expect(kept.size).toBe(0);
    expect(await once(claimOf(), receipts, () => commit(claimOf(), "done"))).toBe("done");
  });

  test("an answer of nothing is an answer", async () => {
    const { receipts, done, commit } = desk();
    const ask = () => once<unknown>(claimOf(), receipts, () => commit(claimOf(), null));
    expect([await ask(), await ask()]).toEqual([null, null]);
    expect(done).toHaveLength(1);
  });

  test.each([new TypeError("ours"), "a text"])("an error that is no refusal, %j, is not covered up by an answer", async (error) => {
    const { receipts, commit } = desk();
    const broken = async (): Promise<string> => {
      await commit(claimOf(), "twin");
      throw error;
    };
    await expect(once(claimOf(), receipts, broken)).rejects.toBe(error);
  });

  test("answered already by a receipt that is gone again is told as it is", async () => {
    const { receipts } = desk();
    const refused = async (): Promise<string> => {
      throw new Refusal("answered-already");
    };
    await expect(once(claimOf(), receipts, refused)).rejects.toMatchObject({ code: "answered-already" });
  });
});
