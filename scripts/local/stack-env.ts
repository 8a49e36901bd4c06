import { AUDIENCE, ISSUER } from "./issuer.ts";

export type StackSettings = {
  readonly dynamodbEndpoint: string;
  readonly jwksUrl: string;
  readonly publicUrl: string;
  readonly eventKey: string;
  readonly cursorKey: string;
  readonly decisionKey: string;
  readonly viewerKey: string;
  readonly statementKey: string;
  readonly clockOffsetFile: string;
};

const DUMMY_CREDENTIALS = { AWS_ACCESS_KEY_ID: "local", AWS_SECRET_ACCESS_KEY: "local" };

/** Whoever points at their own DynamoDB and has credentials for it means those. */
function credentials(given: NodeJS.ProcessEnv): Record<string, string> {
  const hasOwn = given["AWS_ACCESS_KEY_ID"] !== undefined || given["AWS_PROFILE"] !== undefined;
  return given["DYNAMODB_ENDPOINT"] !== undefined && hasOwn ? {} : DUMMY_CREDENTIALS;
}

/** The environment that makes the functions run against the local stack; `given` is what the user's shell says. */
export function stackEnv(given: NodeJS.ProcessEnv, settings: StackSettings): Record<string, string> {
  return {
    STAGE: "local",
    REGISTRY_TABLE: "seasongate-local-registry",
    DELIVERY_TABLE: "seasongate-local-delivery",
    DYNAMODB_ENDPOINT: settings.dynamodbEndpoint,
    AWS_REGION: given["AWS_REGION"] ?? "eu-west-1",
    ...credentials(given),
    // A JVM on a busy laptop is no DynamoDB.
    STORE_TIMEOUT_MS: "3000",
    JWKS_URL: settings.jwksUrl,
    TOKEN_ISSUER: ISSUER,
    TOKEN_AUDIENCE: AUDIENCE,
    EVENT_KEY: settings.eventKey,
    CURSOR_KEY: settings.cursorKey,
    DECISION_KEY: settings.decisionKey,
    VIEWER_KEY: settings.viewerKey,
    STATEMENT_KEY: settings.statementKey,
    WHITELIST_CONTACT: "whitelist@example.com",
    PUBLIC_URL: settings.publicUrl,
    CLOCK_OFFSET_FILE: settings.clockOffsetFile,
    WEBHOOKS_TO_LOOPBACK: "yes",
  };
}
