import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiPathsObject } from "zod-openapi";
import { AUTHORISATION } from "../domain/authorisation.ts";
import { applications } from "./applications.ts";
import { campaigns } from "./campaigns.ts";
import { cards } from "./cards.ts";
import { decisions } from "./decisions.ts";
import { type Endpoint, routeKey } from "./endpoint.ts";
import { events } from "./events.ts";
import { meta } from "./meta.ts";
import { problem } from "./problem.ts";
import { reports } from "./reports.ts";
import { seasons } from "./seasons.ts";

/** Every address of the service, by noun. */
export const CONTRACTS = { applications, campaigns, cards, decisions, events, meta, reports, seasons } as const satisfies Record<
  string,
  Record<string, Endpoint>
>;

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

function operation(operationId: string, tag: string, endpoint: Endpoint): ZodOpenApiOperationObject {
  const roles: readonly string[] | "public" = AUTHORISATION[endpoint.action];
  const { params, query, body } = endpoint;
  return {
    operationId,
    tags: [tag],
    summary: endpoint.summary,
    ...(roles === "public" ? {} : { description: `Roles: ${roles.join(", ")}.`, security: [{ bearer: [] }] }),
    requestParams: { ...(params ? { path: params as never } : {}), ...(query ? { query: query as never } : {}) },
    ...(body ? { requestBody: { required: true, content: { "application/json": { schema: body } } } } : {}),
    responses: {
      [endpoint.status]: success(endpoint),
      default: failure(endpoint),
    },
  };
}

function success({ status, reply }: Endpoint) {
  if (status === 204) return { description: "Done." };
  if (status === 302) return { description: "Sent on.", headers: { location: { schema: { type: "string" as const }, required: true } } };
  return { description: "Done.", content: { "application/json": { schema: reply } } };
}

const failure = ({ refusals, failure }: Endpoint) =>
  failure === "page"
    ? { description: `A plain page. Refusals: ${refusals.join(", ")}.`, content: { "text/html": {} } }
    : {
        description: `A problem document (RFC 9457).${refusals.length > 0 ? ` Refusals: ${refusals.join(", ")}.` : ""}`,
        content: { "application/problem+json": { schema: problem } },
      };
