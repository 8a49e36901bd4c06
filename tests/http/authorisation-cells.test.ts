import { writeFile } from "node:fs/promises";
import { afterAll, expect, test } from "@jest/globals";
import { ROUTES } from "../../lib/contracts/openapi.ts";
import { ROLES, type Role, type User } from "../../lib/domain/authorisation.ts";
import { deployedRoutes } from "../../scripts/local/deployment.ts";
import { people } from "../../scripts/local/people.ts";
import { forgedTokens } from "../support/forged-tokens.ts";
import { openGate, type Reply } from "../support/gate.ts";
import { expectProblem } from "../support/problem.ts";
import { makeWorld, type ValidCall, validCalls } from "../support/valid-calls.ts";
import { EXPECTED } from "./authorisation-expected.ts";

/** One call of the whole product (route × role × tenant × token), and what became of it. */
interface Cell {
  readonly route: string;
  readonly role: Role;
  readonly tenant: "own" | "another";
  /** `sound`, or what is wrong with it. */
  readonly token: string;
  readonly status: number;
  /** Why the answer is not the one it has to be. */
  readonly fault: string | null;
}

const gate = await openGate();
afterAll(() => gate.close());
const world = await makeWorld(gate);
const calls = validCalls(world);
const cells: Cell[] = [];

/** Every route there is, by contract, by deployment or by expectation: what only reads first, then in the contracts' order, in which a life goes on. */
const routes = [...new Set([...ROUTES.keys(), ...deployedRoutes().filter((route) => route !== "$default"), ...Object.keys(EXPECTED)])].sort(
  (one, other) => Number(other.startsWith("GET ")) - Number(one.startsWith("GET ")),
);
const rowOf = (route: string): readonly Role[] | "public" => EXPECTED[route]?.roles ?? [];

/** The refusal that the role of another tenant has to meet, if it has to meet one. An auditor is at home everywhere. */
function refusalElsewhere(route: string, role: Role): { readonly status: number; readonly code: string } | undefined {
  const elsewhere = EXPECTED[route]?.elsewhere ?? "not-found";
  if (role === "auditor" || elsewhere === "own") return undefined;
  if (elsewhere === "not-granted") return { status: 403, code: elsewhere };
  return typeof elsewhere !== "string" && elsewhere.includes(role) ? undefined : { status: 404, code: "not-found" };
}

/** What is not there to be tried; undefined when all is. */
function missing(route: string, call: ValidCall | undefined): string | undefined {
  if (!ROUTES.has(route)) return "no contract";
  if (!EXPECTED[route]) return "nobody has said whose it is: add a row to tests/http/authorisation-expected.ts";
  return call ? undefined : "no valid call to try: add one to tests/support/valid-calls.ts";
}

/** The brand that the call is about. */
function brandOf({ as, params }: ValidCall): User {
  if (typeof as === "object" && as?.role === "brand") return as;
  const stage = Object.entries(world.application).find(([, id]) => id === params?.["application"])?.[0];
  return stage ? world.applicant[stage as keyof typeof world.applicant] : world.brand;
}

/** Somebody of the role: the one whose call it is, or one of another brand, marketplace or host. */
function somebody(role: Role, tenant: Cell["tenant"], call: ValidCall): User {
  if (tenant === "another") return { sub: `usr_elsewhere_${role}`, role, tenant: role === "brand" ? "brd_elsewhere" : "elsewhere" };
  if (role === "brand") return brandOf(call);
  return typeof call.as === "object" && call.as?.role === role ? call.as : { role, ...people[role] };
}

const problem = (reply: Reply, expected: Parameters<typeof expectProblem>[1]): string | null => {
  try {
    expectProblem(reply, expected);
    return null;
  } catch {
    return `not ${JSON.stringify(expected)} but ${reply.status} ${reply.text.slice(0, 120)}`;
  }
};

/** What is wrong with the answer to a sound token. An auditor's tenant is everybody. */
function faultOf(route: string, user: User, tenant: Cell["tenant"], call: ValidCall, reply: Reply): string | null {
  const row = rowOf(route);
  const said = `${reply.status} ${reply.text.slice(0, 120)}`;
  if (row === "public") return reply.status === ROUTES.get(route)?.status ? null : said;
  if (!row.includes(user.role)) return problem(reply, { status: 403, code: "forbidden" });
  const refusal = tenant === "another" ? refusalElsewhere(route, user.role) : undefined;
  if (refusal) return problem(reply, refusal);
  const isTheCall = tenant === "own" && (call.as === user.role || call.as === user);
  const isAtHome = tenant === "another" && user.role !== "auditor";
  if (isTheCall || isAtHome) return reply.status === ROUTES.get(route)?.status ? null : said;
  return reply.status === 401 || reply.status >= 500 || reply.body?.code === "forbidden" ? said : null;
}

/** Whoever may not is tried before whoever may, and the one whose call it is first among those: it succeeds once. */
const inOrder = (route: string, call: ValidCall) => {
  const rank = ({ role, tenant }: { role: Role; tenant: Cell["tenant"] }) => {
    const row = rowOf(route);
    if (row !== "public" && !row.includes(role)) return 0;
    if (tenant === "another" && role !== "auditor") return 1;
    return call.as === role || (typeof call.as === "object" && call.as?.role === role) ? 2 : 3;
  };
  return ROLES.flatMap((role) => (["own", "another"] as const).map((tenant) => ({ role, tenant }))).sort(
    (one, other) => rank(one) - rank(other),
  );
};

const tokens = new Map<string, Readonly<Record<string, string>>>();
async function forged(user: User): Promise<Readonly<Record<string, string>>> {
  const name = `${user.role} ${user.tenant} ${user.sub}`;
  const found = tokens.get(name) ?? (await forgedTokens(gate, user));
  tokens.set(name, found);
  return found;
}

test.each(routes)("%s", async (route) => {
  const call = calls[route];
  const added: Cell[] = [];
  const fault = missing(route, call);
  if (!call || fault !== undefined) {
    added.push({ route, role: "auditor", tenant: "own", token: "sound", status: 0, fault: fault ?? "" });
  } else {
    const isPublic = rowOf(route) === "public";
    const all = inOrder(route, call).map(({ role, tenant }) => ({ role, tenant, user: somebody(role, tenant, call) }));
    const before = await gate.rows();
    for (const { role, tenant, user } of all)
      for (const [token, as] of Object.entries(await forged(user))) {
        const reply = await gate.call(route, { ...call, as });
        const fault = isPublic ? faultOf(route, user, tenant, call, reply) : problem(reply, { status: 401, code: "unauthenticated" });
        added.push({ route, role, tenant, token, status: reply.status, fault });
      }
    if (!isPublic) expect(await gate.rows()).toEqual(before);
    for (const { role, tenant, user } of all) {
      const reply = await gate.call(route, { ...call, as: user });
      added.push({ route, role, tenant, token: "sound", status: reply.status, fault: faultOf(route, user, tenant, call, reply) });
    }
  }
  cells.push(...added);
  expect(added.filter(({ fault }) => fault !== null)).toEqual([]);
});

afterAll(async () => {
  const file = process.env["AUTHZ_CELLS"];
  if (file) await writeFile(file, JSON.stringify(cells));
});
