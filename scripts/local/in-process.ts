import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import type { Role, User } from "../../lib/domain/authorisation.ts";
import { deploy } from "./deployment.ts";
import { httpEvent, lambdaContext, type Request } from "./http-event.ts";
import type { Issuer } from "./issuer.ts";
import { isRole, people } from "./people.ts";

/** Who calls: the sample person of a role, anybody else, whoever holds a token, or nobody. */
export type Caller = Role | User | string | null;

export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body, when it is JSON. */
  // biome-ignore lint/suspicious/noExplicitAny: who asks knows what it expects, and fails when it is not there.
  readonly body: any;
  /** The id under which the call was made. */
  readonly requestId: string;
}

/** The functions of serverless.yml, called in this process. */
export interface InProcess {
  /** One request to the function that serverless.yml gives the route to. */
  call(route: string, request?: Request & { readonly as?: Caller }): Promise<Reply>;
  /** The token a caller sends; undefined for nobody. */
  tokenOf(caller: Caller): Promise<string | undefined>;
  /** Any event at all to the function behind a route. */
  send(route: string, event: unknown): Promise<Reply>;
  /** One minute's call of everything that is scheduled. */
  tick(): Promise<void>;
  /** A batch of stream records, to whoever reads the stream of the table with this logical id. */
  deliver(table: string, event: { readonly shardId?: string; readonly Records: readonly unknown[] }): Promise<void>;
}

/** Opens every function of serverless.yml here. The environment has to be set before: functions read it as they load. */
export async function openInProcess(issuer: Issuer): Promise<InProcess> {
  const { routes, scheduled, streamed } = await deploy();
  const send = async (route: string, event: unknown): Promise<Reply> => {
    const handler = routes.get(route);
    if (!handler) throw new Error(`serverless.yml has no route ${route}`);
    const context = lambdaContext();
    return replyOf((await handler(event, context)) as APIGatewayProxyStructuredResultV2, context.awsRequestId);
  };
  return {
    send,
    tokenOf: (caller) => tokenOf(issuer, caller),
    async call(route, { as = null, headers, ...request } = {}) {
      const token = await tokenOf(issuer, as);
      return send(route, httpEvent(route, { ...request, headers: { ...(token ? { authorization: `Bearer ${token}` } : {}), ...headers } }));
    },
    async tick() {
      for (const handler of scheduled) await handler({ source: "aws.events" }, lambdaContext());
    },
    async deliver(table, event) {
      if (event.Records.length > 0) for (const handler of streamed.get(table) ?? []) await handler(event, lambdaContext());
    },
  };
}

async function tokenOf(issuer: Issuer, caller: Caller): Promise<string | undefined> {
  if (caller === null) return undefined;
  if (typeof caller !== "string") return issuer.token(caller);
  return isRole(caller) ? issuer.token({ role: caller, ...people[caller] }) : caller;
}

function replyOf({ statusCode = 0, headers = {}, body = "" }: APIGatewayProxyStructuredResultV2, requestId: string): Reply {
  const isJson = /^application\/(?:problem\+)?json\b/.test(String(headers["content-type"]));
  return { status: statusCode, headers, text: body, body: isJson ? JSON.parse(body) : undefined, requestId };
}
