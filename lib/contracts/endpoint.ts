import type * as z from "zod";
import type { Action } from "../domain/authorisation.ts";
import type { RefusalCode } from "../domain/refusal.ts";

export type Method = "GET" | "POST" | "PUT" | "DELETE";

/** A table to be written as CSV, the header first. */
export interface CsvFile {
  readonly fileName: string;
  readonly rows: readonly (readonly string[])[];
}

/** A text or a file as it was sent, in one of an endpoint's media types. */
export interface Upload {
  readonly type: string;
  readonly bytes: Uint8Array;
}

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
  /** A JSON body may be as large; when left out, as `lib/http/json-body.ts` has it. */
  readonly mostBytes?: number;
  /** Takes a text or a file in one of these media types instead of a JSON body, as it is. What it holds is said for the document, and judged by the use case. */
  readonly upload?: { readonly types: Readonly<Record<string, z.ZodType>>; readonly mostBytes: number };
  /** 302 takes its `location` from the reply; 204 has no body. */
  readonly status: 200 | 201 | 204 | 302;
  readonly reply: z.ZodType;
  readonly refusals: readonly RefusalCode[];
  /** Takes an `Idempotency-Key`: the same key and request are given the same answer, and done once. */
  readonly keyed?: true;
  /** The reply carries an ETag and may be kept like this; who has it already is answered 304. When left out, nothing is kept. */
  readonly cacheControl?: "private, no-cache" | "public, max-age=60" | "public, max-age=31536000, immutable";
  /** The reply is a file in one of these media types instead of JSON: `type` and `file` of the reply. */
  readonly gives?: readonly string[];
  /** The reply is given as CSV instead when the query says `format=csv`: from its wire form. */
  readonly csv?: (wire: never) => CsvFile;
  /** Sent with every reply, and with no refusal. */
  readonly headers?: Readonly<Record<string, string>>;
  /** What a person sees when it fails: a problem document, or a plain page where a browser is sent here. */
  readonly failure?: "page";
}

/** The name API Gateway gives the route: `POST /v1/applications`. */
export const routeKey = ({ method, path }: Pick<Endpoint, "method" | "path">): string => `${method} ${path}`;
