import type { Context } from "aws-lambda";
import type { Decided, DecisionRequest } from "../app/ports/decisions.ts";
import type { Log, Now } from "../app/ports/world.ts";
import { isRequest, requestFaults } from "../contracts/decision-request.ts";
import { mayAttempt, type User } from "../domain/authorisation.ts";
import { Refusal } from "../domain/refusal.ts";
import type { Placement } from "../domain/serving-index.ts";
import { empty, sightOf } from "../domain/sight.ts";
import type { Instant } from "../domain/window.ts";
import { bodyOf, described, type Event, headerOf, isHttp } from "./event.ts";
import { RequestFault } from "./faults.ts";
import { jsonBody } from "./json-body.ts";
import { COMMON, problemBy } from "./problem-document.ts";
import { jsonText, problemDocument, type Response } from "./respond.ts";

interface Deps {
  /** Who an Authorization header says is asking. */
  readonly identify: (authorization: string) => User | undefined | Promise<User | undefined>;
  readonly decide: (request: DecisionRequest, user: User) => Decided | Promise<Decided>;
  readonly now: Now;
  readonly log: Log;
}

const ROUTE = "POST /v1/decisions";

/**
 * `POST /v1/decisions`, as `endpoints` would do it and to the same contract, at a fifth of the cost: the body is read by hand, a
 * card's JSON is made once and spliced in, and what goes well is logged by the gateway alone (docs/decisions/0019-hot-path.md).
 */
export function decisionEndpoint({ identify, decide, now, log }: Deps) {
  return async (event: unknown, { awsRequestId: requestId }: Context): Promise<Response> => {
    const started = now();
    let user: User | undefined;
    try {
      if (!isHttp(event)) throw new RequestFault("not-http");
      if (event.routeKey !== ROUTE) throw new RequestFault("unknown-route");
      const found = identify(headerOf(event, "authorization") ?? "");
      user = found instanceof Promise ? await found : found;
      if (!user) throw new RequestFault("unauthenticated");
      if (!mayAttempt(user.role, "decision:make")) throw new Refusal("forbidden");
      const decided = decide(requestOf(event), user);
      return jsonText(200, written(decided instanceof Promise ? await decided : decided));
    } catch (error) {
      const problem = problemBy(COMMON, error, requestId);
      if (problem.status >= 500) log("error", "request-failed", { requestId, code: problem.code, error: described(error) });
      const { status, code } = problem;
      log("info", "request", { requestId, route: ROUTE, status, code, role: user?.role ?? null, ms: now() - started });
      return problemDocument(problem);
    }
  };
}

/** No request is as long, whatever its characters, but for white space. Characters. */
const SHORT = 16 * 1024;

/** What is amiss is found out by the same steps as everywhere; what fits needs none of them. */
function requestOf(event: Event): DecisionRequest {
  const body = bodyOf(event);
  const value = body.length <= SHORT ? parsed(body) : undefined;
  if (isRequest(value)) return value as DecisionRequest;
  const whole = jsonBody(body);
  const faults = requestFaults(whole);
  if (faults.length > 0) throw new RequestFault("invalid-request", faults);
  return whole as DecisionRequest;
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** What of a placement's JSON is always the same, without the brace that it ends with. */
function sightJson(placement: Placement): string {
  if (placement.sight === undefined) {
    const { card, ...rest } = sightOf(placement);
    placement.sight = JSON.stringify({ card: { ...card, offer: card.offer && offerOnWire(card.offer) }, ...rest }).slice(0, -1);
  }
  return placement.sight;
}

const offerOnWire = ({ validity, ...offer }: NonNullable<Placement["card"]["offer"]>) => ({
  ...offer,
  validity: validity && { opensAt: written3339(validity.opensAt), closesAt: written3339(validity.closesAt) },
});

const written3339 = (at: Instant): string => new Date(at).toISOString();

/** The same, for instants most of which are of the same second as the one before. */
function secondsWriter(): (at: Instant) => string {
  let second = Number.NaN;
  let head = "";
  return (at) => {
    const of = Math.floor(at / 1000);
    if (of !== second) {
      second = of;
      head = written3339(of * 1000).slice(0, -4);
    }
    return `${head}${String(at - of * 1000).padStart(3, "0")}Z`;
  };
}

const decidedAtText = secondsWriter();
const expiresAtText = secondsWriter();

/** The contract's reply. What is text of ours alone (ids, tokens, addresses) has nothing in it that JSON would escape. */
function written({ id, decidedAt, snapshot, switches, session, slots }: Decided): string {
  let json = `{"id":"${id}","decidedAt":"${decidedAtText(decidedAt)}","snapshot":${snapshot},"switches":${switches},"session":"${session}","slots":[`;
  for (let slot = 0; slot < slots.length; slot++) {
    const answer = slots[slot] as Decided["slots"][number];
    if (slot > 0) json += ",";
    if ("noAd" in answer) json += JSON.stringify(empty(answer));
    else {
      const { placement, expiresAt, impressionUrl, clickUrl, monitoring } = answer;
      json += `${sightJson(placement)},"expiresAt":"${expiresAtText(expiresAt)}","impressionUrl":"${impressionUrl}","clickUrl":"${clickUrl}"${monitoring ? `,"monitoring":${JSON.stringify(monitoring)}` : ""}}`;
    }
  }
  return `${json}]}`;
}
