import { randomUUID } from "node:crypto";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";

/** What a client sends, as far as a test cares. */
export interface Request {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly rawBody?: string;
  readonly base64?: boolean;
  /** Where it comes from. */
  readonly address?: string;
  /** By lower-case name; undefined takes a header away. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
}

/** A phone's browser inside a host's app. */
export const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50(0x18003233) NetType/WIFI Language/zh_CN";

/** The event API Gateway's HTTP API makes of a request (payload format 2.0). */
export function httpEvent(
  route: string,
  { params, query, body, rawBody, base64 = false, headers = {}, address = "192.0.2.1" }: Request,
): APIGatewayProxyEventV2 {
  const [method = "", template = ""] = route === "$default" ? ["GET", "/nowhere"] : route.split(" ");
  const rawPath = template.replace(/\{(\w+)\}/g, (_, name: string) => encoded(params?.[name] ?? ""));
  const sent = rawBody ?? (body === undefined ? undefined : JSON.stringify(body));
  const all = {
    accept: "*/*",
    host: "gate.test",
    "user-agent": PHONE,
    ...(sent === undefined ? {} : { "content-type": "application/json" }),
    ...headers,
  };
  return {
    version: "2.0",
    routeKey: route,
    rawPath,
    rawQueryString: new URLSearchParams(query).toString(),
    headers: Object.fromEntries(Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined)),
    ...(query ? { queryStringParameters: { ...query } } : {}),
    ...(params ? { pathParameters: { ...params } } : {}),
    requestContext: {
      accountId: "000000000000",
      apiId: "test",
      domainName: "gate.test",
      domainPrefix: "gate",
      http: { method, path: rawPath, protocol: "HTTP/1.1", sourceIp: address, userAgent: all["user-agent"] ?? "" },
      requestId: randomUUID(),
      routeKey: route,
      stage: "$default",
      time: "20/May/2024:12:00:00 +0000",
      timeEpoch: 1716206400000,
    },
    ...(sent === undefined ? {} : { body: sent }),
    isBase64Encoded: base64,
  };
}

/** encodeURIComponent refuses lone surrogates. */
const encoded = (text: string) => encodeURIComponent(text.toWellFormed());

/** A Lambda invocation's context, with a request id of its own. */
export function lambdaContext(): Context {
  const refuse = () => {
    throw new Error("a handler that returns a promise has no callbacks");
  };
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: "test",
    functionVersion: "$LATEST",
    invokedFunctionArn: "arn:aws:lambda:eu-west-1:000000000000:function:test",
    memoryLimitInMB: "512",
    awsRequestId: randomUUID(),
    logGroupName: "/aws/lambda/test",
    logStreamName: "test",
    getRemainingTimeInMillis: () => 10_000,
    done: refuse,
    fail: refuse,
    succeed: refuse,
  };
}
