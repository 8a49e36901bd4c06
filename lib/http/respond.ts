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

/** A page, and the policy (CSP) that it can be shown under. */
export interface Page {
  readonly html: string;
  readonly policy: string;
}

export const htmlPage = (statusCode: number, { html, policy }: Page): Response => ({
  statusCode,
  headers: { ...HEADERS, "content-security-policy": policy, "content-type": "text/html; charset=utf-8" },
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

/** For a browser that was sent here: a neutral page with nothing of the request in it, in both languages. */
export const plainPage = ({ status, code }: Problem): Response => ({
  statusCode: status,
  headers: { ...HEADERS, "content-type": "text/html; charset=utf-8" },
  body: code === "token-expired" ? ENDED : NOT_AVAILABLE,
});

const pageOf = (zh: Words, en: Words) => `<!doctype html>
<html lang="zh">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${zh.title} · ${en.title}</title>
<body>
<main>
<h1>${zh.title}</h1>
<p>${zh.text}</p>
<div lang="en">
<h1>${en.title}</h1>
<p>${en.text}</p>
</div>
</main>
`;

interface Words {
  readonly title: string;
  readonly text: string;
}

const NOT_AVAILABLE = pageOf(
  { title: "链接无法打开", text: "该链接无效。请返回上一页。" },
  { title: "Link not available", text: "This link is not valid. Please go back." },
);

/** After the season, or long after the card was shown. */
const ENDED = pageOf(
  { title: "活动已结束", text: "该链接已过期，感谢关注。请返回上一页。" },
  { title: "This has ended", text: "This link is no longer valid. Thank you for looking; please go back." },
);
