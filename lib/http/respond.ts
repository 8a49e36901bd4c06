import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Problem } from "./problem-document.ts";

export type Response = APIGatewayProxyStructuredResultV2;

/** Nothing we answer is kept, framed, sniffed, run, or told of to where a link leads. */
const HEADERS = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=31536000; includeSubDomains",
  "x-content-type-options": "nosniff",
};

const JSON_HEADERS = { ...HEADERS, "content-type": "application/json; charset=utf-8" };

export function json(statusCode: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  const response = jsonText(statusCode, JSON.stringify(value));
  return { ...response, headers: { ...response.headers, ...headers } };
}

/** What is JSON already. */
export const jsonText = (statusCode: number, body: string): Response => ({ statusCode, headers: JSON_HEADERS, body });

/** A file for a spreadsheet. */
export const csvFile = (statusCode: number, fileName: string, text: string): Response => ({
  statusCode,
  headers: {
    ...HEADERS,
    "content-type": "text/csv; charset=utf-8; header=present",
    "content-disposition": `attachment; filename="${fileName}"`,
  },
  body: text,
});

/** A file as it was uploaded, and its media type. */
export interface File {
  readonly type: string;
  readonly file: Uint8Array;
}

/** What a client may show, and never guess the type of. */
export const fileOf = (statusCode: number, { type, file }: File): Response => ({
  statusCode,
  headers: { ...HEADERS, "content-type": type },
  body: Buffer.from(file).toString("base64"),
  isBase64Encoded: true,
});

/** A page; `policy` (CSP) where it needs another than that nothing may run or be loaded. */
export interface Page {
  readonly html: string;
  readonly policy?: string;
}

export const htmlPage = (statusCode: number, { html, policy }: Page): Response => ({
  statusCode,
  headers: {
    ...HEADERS,
    ...(policy === undefined ? {} : { "content-security-policy": policy }),
    "content-type": "text/html; charset=utf-8",
  },
  body: html,
});

export const nothing = (): Response => ({ statusCode: 204, headers: HEADERS });

export const sentOn = (location: string): Response => ({ statusCode: 302, headers: { ...HEADERS, location } });

export const problemDocument = (problem: Problem): Response => ({
  statusCode: problem.status,
  headers: {
    ...HEADERS,
    "content-type": "application/problem+json; charset=utf-8",
    ...(problem.status === 503 ? { "retry-after": "1" } : {}),
    ...(problem.status === 401 ? { "www-authenticate": "Bearer" } : {}),
  },
  body: JSON.stringify(problem),
});
