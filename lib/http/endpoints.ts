import type { Context } from "aws-lambda";
import type { Call, Claim, PublicCall, ReceiptStore } from "../app/ports/call.ts";
import type { Log, Now } from "../app/ports/world.ts";
import { type CsvFile, type Endpoint, routeKey, type Upload } from "../contracts/endpoint.ts";
import { fromOutside, type Parsed, toWire } from "../contracts/wire.ts";
import { AUTHORISATION, mayAttempt, type User } from "../domain/authorisation.ts";
import { Refusal } from "../domain/refusal.ts";
import { bodyOf, callerOf, described, type Event, headerOf, isHttp } from "./event.ts";
import { RequestFault } from "./faults.ts";
import { claim, once } from "./idempotency.ts";
import { jsonBody } from "./json-body.ts";
import { problemOf } from "./problem.ts";
import { csvFile, type File, fileOf, json, nothing, plainPage, problemDocument, type Response, sentOn } from "./respond.ts";
import { revalidated } from "./revalidation.ts";

/** The use case of an endpoint: its parsed parts in, its reply out. Only a public endpoint's comes without a user. */
export type UseCase<E extends Endpoint> = (
  call: (typeof AUTHORISATION)[E["action"]] extends "public"
    ? PublicCall<Parsed<E["params"]>, Parsed<E["query"]>, Parsed<E["body"]>>
    : Call<Parsed<E["params"]>, Parsed<E["query"]>, E["upload"] extends object ? Upload : Parsed<E["body"]>>,
) => Promise<Parsed<E["reply"]>>;

export interface HttpDeps {
  /** Who the bearer of a token is; undefined when the token is not to be believed. */
  readonly identify: (token: string) => Promise<User | undefined>;
  readonly now: Now;
  readonly log: Log;
  /** Where answers under callers' Idempotency-Keys are kept; only for functions with keyed endpoints. */
  readonly receipts?: ReceiptStore;
  /** Writes CSV; only for functions with endpoints that give it. */
  readonly writeCsv?: (rows: CsvFile["rows"]) => string;
  /** DynamoDB's clock is the machine's, wherever the festival's stands. Epoch milliseconds. */
  readonly machineNow?: Now;
}

/** For functions all of whose endpoints are public: nobody is anybody. */
export const identifyNobody: HttpDeps["identify"] = async () => undefined;

/**
 * A Lambda handler for the endpoints of one noun. It always answers: whatever is thrown becomes a problem document, since
 * serverless-offline answers 200 for an error that escapes (ecosystem.md §0.5).
 * Order: route, bearer, role, then the parts of the request; so a stranger learns nothing from a schema.
 */
export function endpoints<C extends Record<string, Endpoint>>(
  contracts: C,
  useCases: { readonly [K in keyof C]: UseCase<C[K]> },
  deps: HttpDeps,
) {
  const routes = new Map(
    Object.entries(contracts).map(([name, endpoint]) => [
      routeKey(endpoint),
      { endpoint, useCase: useCases[name] as unknown as UseCase<Endpoint> },
    ]),
  );

  return async (event: unknown, { awsRequestId: requestId }: Context): Promise<Response> => {
    const started = deps.now();
    const route = isHttp(event) ? routes.get(event.routeKey) : undefined;
    let user: User | undefined;
    let response: Response;
    let code = "ok";
    try {
      if (!isHttp(event)) throw new RequestFault("not-http");
      if (!route) throw new RequestFault("unknown-route");
      user = await authorise(route.endpoint, event, deps);
      const parts = partsOf(route.endpoint, event);
      const claimed = user && claimOf(route.endpoint, event, user, parts, deps);
      const work = () =>
        route.useCase({ ...parts, ...(user ? { user } : { caller: callerOf(event) }), requestId, claim: claimed } as never);
      const reply = claimed && deps.receipts ? await once(claimed, deps.receipts, work) : await work();
      response = render(route.endpoint, reply, { event, query: parts.query, deps });
    } catch (error) {
      const problem = problemOf(error, requestId);
      code = problem.code;
      if (problem.status >= 500) deps.log("error", "request-failed", { requestId, code, error: described(error) });
      response = route?.endpoint.failure === "page" ? plainPage(problem) : problemDocument(problem);
    }
    deps.log("info", "request", {
      requestId,
      route: route ? routeKey(route.endpoint) : "unknown",
      status: response.statusCode,
      code,
      role: user?.role ?? null,
      ms: deps.now() - started,
    });
    return response;
  };
}

/** Present when the endpoint takes an Idempotency-Key and the caller gave one. The machine's clock is DynamoDB's, which drops old ones. */
function claimOf(
  endpoint: Endpoint,
  event: Event,
  user: User,
  { params, body }: { readonly params: unknown; readonly body: unknown },
  { machineNow = Date.now }: HttpDeps,
): Claim | undefined {
  const key = endpoint.keyed ? headerOf(event, "idempotency-key") : undefined;
  return key === undefined ? undefined : claim(key, { user, route: routeKey(endpoint), params, body }, machineNow());
}

async function authorise({ action }: Endpoint, event: Event, { identify }: HttpDeps): Promise<User | undefined> {
  if (AUTHORISATION[action] === "public") return undefined;
  const token = /^Bearer ([\w.~+/=-]{1,4096})$/i.exec(headerOf(event, "authorization") ?? "")?.[1];
  const user = token === undefined ? undefined : await identify(token);
  if (!user) throw new RequestFault("unauthenticated");
  if (!mayAttempt(user.role, action)) throw new Refusal("forbidden");
  return user;
}

const partsOf = ({ params, query, body, mostBytes, upload }: Endpoint, event: Event) => ({
  params: params && parsed(params, event.pathParameters ?? {}),
  query: query && parsed(query, event.queryStringParameters ?? {}),
  body: upload ? uploadOf(upload, event) : body && parsed(body, jsonBody(bodyOf(event), mostBytes)),
});

/** Bytes that are no UTF-8 are for whoever reads the text to say. @throws RequestFault `unsupported-media-type`, `body-too-large`. */
function uploadOf({ types, mostBytes }: NonNullable<Endpoint["upload"]>, event: Event): Upload {
  const type = (headerOf(event, "content-type") ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (!Object.hasOwn(types, type))
    throw new RequestFault("unsupported-media-type", [
      { code: "media-type", field: "", detail: `Taken: ${Object.keys(types).join(", ")}.` },
    ]);
  const bytes = Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8");
  if (bytes.length > mostBytes)
    throw new RequestFault("body-too-large", [{ code: "too-many-bytes", field: "", detail: `At most ${mostBytes} bytes.` }]);
  return { type, bytes };
}

function parsed(schema: NonNullable<Endpoint["body"]>, value: unknown): unknown {
  const found = fromOutside(schema, value);
  if ("faults" in found) throw new RequestFault("invalid-request", found.faults);
  return found.value;
}

/** The reply goes out through its schema: what the schema does not name does not leave, and what does not fit it is our bug. */
function render(endpoint: Endpoint, reply: unknown, { event, query, deps }: Asked): Response {
  const { status, csv, headers } = endpoint;
  const wire = toWire(endpoint.reply, reply);
  if (status === 204) return nothing();
  if (status === 302) return sentOn((wire as { location: string }).location);
  if (endpoint.gives) return kept(fileOf(status, wire as File), endpoint, event);
  const response =
    csv && deps.writeCsv && isForCsv(query) ? written(status, csv(wire as never), deps.writeCsv) : json(status, wire, headers);
  return kept(response, endpoint, event);
}

const kept = (response: Response, { cacheControl }: Endpoint, event: Event): Response =>
  cacheControl === undefined ? response : revalidated(response, cacheControl, headerOf(event, "if-none-match"));

interface Asked {
  readonly event: Event;
  readonly query: unknown;
  readonly deps: HttpDeps;
}

const isForCsv = (query: unknown) => typeof query === "object" && query !== null && "format" in query && query.format === "csv";

const written = (status: number, { fileName, rows }: CsvFile, writeCsv: NonNullable<HttpDeps["writeCsv"]>) =>
  csvFile(status, fileName, writeCsv(rows));
