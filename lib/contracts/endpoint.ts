import type * as z from "zod";
import type { Action } from "../domain/authorisation.ts";
import type { RefusalCode } from "../domain/refusal.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** One address: how it is called, who may, what it answers. Validation, types and the OpenAPI document all come from here. */
export interface Endpoint {
  readonly method: Method;
  /** As API Gateway writes it: `/v1/applications/{application}`. */
  readonly path: `/${string}`;
  readonly action: Action;
  readonly summary: string;
  readonly params?: z.ZodType;
  readonly query?: z.ZodType;
  readonly body?: z.ZodType;
  /** 302 takes its `location` from the reply; 204 has no body. */
  readonly status: 200 | 201 | 204 | 302;
  readonly reply: z.ZodType;
  readonly refusals: readonly RefusalCode[];
  /** What a person sees when it fails: a problem document, or a plain page where a browser is sent here. */
  readonly failure?: "page";
}

/** The name API Gateway gives the route: `POST /v1/applications`. */
export const routeKey = ({ method, path }: Pick<Endpoint, "method" | "path">): string => `${method} ${path}`;
