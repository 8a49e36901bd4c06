import * as z from "zod";
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { AUTHORISATION } from "../domain/authorisation.ts";
import { applications } from "./applications.ts";
import { campaigns } from "./campaigns.ts";
import { cards } from "./cards.ts";
import { changes } from "./changes.ts";
import { credits } from "./credits.ts";
import { decisions } from "./decisions.ts";
import { type Endpoint, routeKey } from "./endpoint.ts";
import { events } from "./events.ts";
import { explain } from "./explain.ts";
import { fairness } from "./fairness.ts";
import { images } from "./images.ts";
import { imports } from "./imports.ts";
import { impressions } from "./impressions.ts";
import { keyTurns } from "./key-turns.ts";
import { meta } from "./meta.ts";
import { openrtb } from "./openrtb.ts";
import { problem } from "./problem.ts";
import { reconciliations } from "./reconciliations.ts";
import { reports } from "./reports.ts";
import { seasons } from "./seasons.ts";
import { statements } from "./statements.ts";
import { subscriptions } from "./subscriptions.ts";
import { switches } from "./switches.ts";
import { whitelist } from "./whitelist.ts";

/** Every address of the service, by noun. */
export const CONTRACTS = {
  applications,
  campaigns,
  cards,
  changes,
  credits,
  decisions,
  events,
  fairness,
  images,
  impressions,
  imports,
  keyTurns,
  explain,
  meta,
  openrtb,
  reconciliations,
  reports,
  seasons,
  statements,
  subscriptions,
  switches,
  whitelist,
} as const satisfies Record<string, Record<string, Endpoint>>;

/** Every endpoint under its route key. */
export const ROUTES: ReadonlyMap<string, Endpoint> = new Map(
  Object.values<Record<string, Endpoint>>(CONTRACTS).flatMap((noun) =>
    Object.values(noun).map((endpoint) => [routeKey(endpoint), endpoint]),
  ),
);

/** The OpenAPI 3.1 document of the service. */
export function openApi() {
  const paths: ZodOpenApiPathsObject = {};
  for (const [noun, endpoints] of Object.entries<Record<string, Endpoint>>(CONTRACTS))
    for (const [verb, endpoint] of Object.entries(endpoints))
      paths[endpoint.path] = { ...paths[endpoint.path], [endpoint.method.toLowerCase()]: operation(`${noun}.${verb}`, noun, endpoint) };
  return createDocument({
    openapi: "3.1.0",
    info: {
      title: "Seasongate",
      version: "1",
      description: "A gate between a marketplace and a host feed for the length of a shopping festival.",
    },
    components: { securitySchemes: { bearer: { type: "http", scheme: "bearer", bearerFormat: "JWT" } } },
    paths,
  });
}

/** An answer is kept for a day at least under the caller's key; the same key for another request is a 422. */
const idempotencyKey = z.object({
  "idempotency-key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .optional(),
});

function operation(operationId: string, tag: string, endpoint: Endpoint): ZodOpenApiOperationObject {
  const roles: readonly string[] | "public" = AUTHORISATION[endpoint.action];
  const { params, query, body, upload } = endpoint;
  return {
    operationId,
    tags: [tag],
    summary: endpoint.summary,
    ...(roles === "public" ? {} : { description: `Roles: ${roles.join(", ")}.`, security: [{ bearer: [] }] }),
    requestParams: {
      ...(params ? { path: params as never } : {}),
      ...(query ? { query: query as never } : {}),
      ...(endpoint.keyed ? { header: idempotencyKey } : {}),
      ...(endpoint.cacheControl ? { header: ifNoneMatch } : {}),
    },
    ...(body ? { requestBody: { required: true, content: { "application/json": { schema: body } } } } : {}),
    ...(upload ? { requestBody: uploaded(upload) } : {}),
    responses: {
      [endpoint.status]: success(endpoint),
      ...(endpoint.cacheControl ? { "304": NOT_MODIFIED } : {}),
      default: failure(endpoint),
    },
  };
}

const uploaded = ({ types, mostBytes }: NonNullable<Endpoint["upload"]>) => ({
  required: true,
  description: `At most ${mostBytes} bytes.`,
  content: Object.fromEntries(Object.entries(types).map(([type, schema]) => [type, { schema }])),
});

/** The ETag of a reply that is had already. */
const ifNoneMatch = z.object({ "if-none-match": z.string().optional() });
const NOT_MODIFIED = { description: "As it was: the reply with this ETag is still right." };

function success({ status, reply, csv, gives, page }: Endpoint) {
  if (status === 204) return { description: "Done." };
  if (status === 302) return { description: "Sent on.", headers: { location: { schema: { type: "string" as const }, required: true } } };
  if (page) return { description: "The page.", content: { "text/html": {} } };
  if (gives) return { description: "The file.", content: Object.fromEntries(gives.map((type) => [type, {}])) };
  return { description: "Done.", content: { "application/json": { schema: reply }, ...(csv ? { "text/csv": {} } : {}) } };
}

const failure = ({ refusals, failure }: Endpoint) =>
  failure === "page"
    ? { description: `A plain page. Refusals: ${refusals.join(", ")}.`, content: { "text/html": {} } }
    : {
        description: `A problem document (RFC 9457).${refusals.length > 0 ? ` Refusals: ${refusals.join(", ")}.` : ""}`,
        content: { "application/problem+json": { schema: problem } },
      };
