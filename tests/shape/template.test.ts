import { beforeAll, describe, expect, test } from "@jest/globals";
import { routeKey } from "../../lib/contracts/endpoint.ts";
import { ROUTES } from "../../lib/contracts/openapi.ts";
import { AUTHORISATION } from "../../lib/domain/authorisation.ts";
import { ofType, type Packaged, packaged, type Resources } from "./packaged.ts";

const STAGES = ["dev", "prod"] as const;
type Stage = (typeof STAGES)[number];

/** What a credit is given of, and with. */
const CREDITS = "SEASONS CAMPAIGN#* CARD#* CREDITS#* RECEIPT#* AUDIT#credit/* OUTBOX#credit/*";

/** What belongs to a subscription. */
const OWN = "WEBHOOKS#* FEED#* AUDIT#webhook/* OUTBOX#webhook/*";

/** What an import reads and writes, and what a turn of a key does. */
const IMPORTS =
  "IMPORT#* IMPORTER#* RECEIPT#* SEASONS PLACES#* LINEUP#* KEYMARKS#* BRAND#* NAME#* APPLICATION#ent_* AUDIT#import/* OUTBOX#import/* AUDIT#attestation/ent_* OUTBOX#attestation/ent_* AUDIT#grant/* OUTBOX#grant/*";
const KEYS = "LINEUP#* KEYMARKS#* APPLICATION#* RECEIPT#* AUDIT#attestation/* OUTBOX#attestation/* AUDIT#grant/* OUTBOX#grant/*";

/** What each function may do beyond writing its own log: the action and the thing. A right that is not here is too many. */
const RIGHTS: Readonly<Record<string, readonly string[]>> = {
  applications: [
    ...["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"].map((action) => `dynamodb:${action} RegistryTable`),
    "dynamodb:Query RegistryTable/index/list",
    "dynamodb:Query RegistryTable/index/queue",
  ],
  seasons: ["dynamodb:GetItem RegistryTable", "dynamodb:PutItem RegistryTable", "dynamodb:Query RegistryTable"],
  campaigns: [
    ...["GetItem", "PutItem", "Query"].map((action) => `dynamodb:${action} RegistryTable`),
    "dynamodb:Query RegistryTable/index/list BRAND#*",
  ],
  cards: [
    ...["GetItem", "PutItem", "Query"].map((action) => `dynamodb:${action} RegistryTable`),
    "dynamodb:DeleteItem RegistryTable LINEUP#*",
    "dynamodb:Query RegistryTable/index/list BRAND#* CARDS#*",
    "dynamodb:Query RegistryTable/index/queue BRAND#* CARDS#*",
    "dynamodb:GetItem DeliveryTable IMAGE#*",
  ],
  images: ["dynamodb:GetItem DeliveryTable IMAGE#*", "dynamodb:PutItem DeliveryTable IMAGE#*"],
  decide: [
    "dynamodb:GetItem DeliveryTable SNAPSHOT#* CAP#* VIEWER#*",
    "dynamodb:UpdateItem DeliveryTable CAP#* VIEWER#* DECISIONS#*",
    "dynamodb:PutItem DeliveryTable LEASES#*",
    "dynamodb:GetItem RegistryTable SWITCHES",
    "dynamodb:Query RegistryTable KEYMARKS#*",
  ],
  openrtb: [
    "dynamodb:GetItem DeliveryTable SNAPSHOT#* CAP#* VIEWER#*",
    "dynamodb:UpdateItem DeliveryTable CAP#* VIEWER#* DECISIONS#*",
    "dynamodb:PutItem DeliveryTable LEASES#*",
    "dynamodb:GetItem RegistryTable SWITCHES",
    "dynamodb:Query RegistryTable KEYMARKS#*",
  ],
  events: [
    "dynamodb:GetItem DeliveryTable EVENT#*",
    "dynamodb:PutItem DeliveryTable EVENT#*",
    "dynamodb:Query DeliveryTable EVENTS#*",
    "dynamodb:PutItem DeliveryTable EVENTS#*",
    "dynamodb:DeleteItem DeliveryTable EVENTS#*",
    "dynamodb:UpdateItem DeliveryTable EVENT#* LEASES#*",
    "dynamodb:GetItem RegistryTable SWITCHES",
  ],
  impressions: [
    "dynamodb:BatchGetItem DeliveryTable EVENT#*",
    "dynamodb:Query DeliveryTable EVENTS#*",
    "dynamodb:PutItem DeliveryTable EVENTS#*",
    "dynamodb:DeleteItem DeliveryTable EVENTS#*",
    "dynamodb:UpdateItem DeliveryTable EVENT#* LEASES#*",
  ],
  switches: [
    ...["GetItem", "Query", "PutItem"].map(
      (action) => `dynamodb:${action} RegistryTable SWITCHES AUDIT#switch/* OUTBOX#switch/* RECEIPT#*`,
    ),
    "dynamodb:GetItem RegistryTable SEASONS CAMPAIGN#* CARD#*",
  ],
  explain: [
    "dynamodb:GetItem RegistryTable SWITCHES SEASONS LINEUP#* KEYMARKS#*",
    "dynamodb:Query RegistryTable SWITCHES SEASONS LINEUP#* KEYMARKS#*",
    "dynamodb:Query RegistryTable/index/list BRAND#*",
    "dynamodb:GetItem DeliveryTable SNAPSHOT#*",
    "dynamodb:Query DeliveryTable SNAPSHOT#*",
  ],
  whitelist: [
    "dynamodb:Query RegistryTable LINEUP#*",
    "dynamodb:BatchGetItem RegistryTable LINEUP#*",
    "dynamodb:GetItem RegistryTable SEASONS SWITCHES",
  ],
  imports: [
    ...["GetItem", "BatchGetItem", "Query", "PutItem"].map((action) => `dynamodb:${action} RegistryTable ${IMPORTS}`),
    "dynamodb:UpdateItem RegistryTable PLACES#*",
  ],
  keys: [
    ...["GetItem", "BatchGetItem", "Query", "PutItem"].map((action) => `dynamodb:${action} RegistryTable ${KEYS}`),
    "dynamodb:UpdateItem RegistryTable PLACES#*",
  ],
  changes: ["dynamodb:Query RegistryTable FEED#*"],
  subscriptions: ["GetItem", "Query", "PutItem", "UpdateItem", "DeleteItem"].map((action) => `dynamodb:${action} RegistryTable ${OWN}`),
  webhooks: [
    ...["GetItem", "Query", "PutItem"].map((action) => `dynamodb:${action} RegistryTable ${OWN}`),
    "dynamodb:Query RegistryTable/index/list WEBHOOKS",
  ],
  announce: [
    "dynamodb:GetRecords RegistryTable.StreamArn",
    "dynamodb:GetShardIterator RegistryTable.StreamArn",
    "dynamodb:DescribeStream RegistryTable.StreamArn",
    "dynamodb:ListStreams RegistryTable.StreamArn",
    "dynamodb:GetItem RegistryTable FEED#* OUTBOX#*",
    "dynamodb:BatchGetItem RegistryTable FEED#* OUTBOX#*",
    "dynamodb:PutItem RegistryTable FEED#* OUTBOX#*",
    "dynamodb:UpdateItem RegistryTable FEED#* OUTBOX#*",
    "dynamodb:Query RegistryTable/index/queue OUTBOX#*",
    "sqs:SendMessage DeadLetters",
  ],
  reports: [
    "dynamodb:GetItem RegistryTable",
    "dynamodb:Query RegistryTable CREDITS#*",
    "dynamodb:Query DeliveryTable TALLY#* DECISIONS#*",
    "dynamodb:GetItem DeliveryTable FAIR#*",
  ],
  statements: [
    "dynamodb:GetItem RegistryTable SEASONS",
    "dynamodb:Query DeliveryTable TALLY#* STATEMENTKEYS",
    "dynamodb:GetItem DeliveryTable STATEMENT#* STATEMENTKEYS",
    "dynamodb:PutItem DeliveryTable STATEMENT#* STATEMENTKEYS",
  ],
  credits: [
    `dynamodb:GetItem RegistryTable ${CREDITS}`,
    `dynamodb:PutItem RegistryTable ${CREDITS}`,
    "dynamodb:UpdateItem RegistryTable CREDITED#*",
    "dynamodb:Query DeliveryTable TALLY#*",
  ],
  "watch-links": ["dynamodb:Query RegistryTable SEASONS", "dynamodb:Query DeliveryTable TALLY#*"],
  reconciliations: [
    "dynamodb:GetItem RegistryTable SEASONS",
    "dynamodb:Query RegistryTable CREDITS#*",
    "dynamodb:Query DeliveryTable TALLY#*",
  ],
  meta: ["dynamodb:Query RegistryTable SEASONS", "dynamodb:GetItem DeliveryTable SNAPSHOT#* CLOCK"],
  "season-clock": [
    "dynamodb:Query RegistryTable",
    "dynamodb:PutItem RegistryTable",
    "dynamodb:DeleteItem RegistryTable KEYMARKS#*",
    "dynamodb:PutItem DeliveryTable CLOCK",
    "dynamodb:Query DeliveryTable LEASES#*",
    "dynamodb:DeleteItem DeliveryTable LEASES#*",
    "dynamodb:UpdateItem DeliveryTable CAP#*",
    "dynamodb:Query DeliveryTable DELIVERED#*",
    "dynamodb:GetItem DeliveryTable FAIR#*",
    "dynamodb:PutItem DeliveryTable FAIR#*",
    "dynamodb:GetItem RegistryTable SWITCHES",
    "dynamodb:GetItem DeliveryTable SNAPSHOT#*",
    "dynamodb:PutItem DeliveryTable SNAPSHOT#*",
  ],
  publish: [
    "dynamodb:GetRecords RegistryTable.StreamArn",
    "dynamodb:GetShardIterator RegistryTable.StreamArn",
    "dynamodb:DescribeStream RegistryTable.StreamArn",
    "dynamodb:ListStreams RegistryTable.StreamArn",
    "dynamodb:Query RegistryTable",
    "dynamodb:DeleteItem RegistryTable KEYMARKS#*",
    "dynamodb:GetItem DeliveryTable SNAPSHOT#*",
    "dynamodb:PutItem DeliveryTable SNAPSHOT#*",
    "sqs:SendMessage DeadLetters",
  ],
  tally: [
    "dynamodb:GetRecords DeliveryTable.StreamArn",
    "dynamodb:GetShardIterator DeliveryTable.StreamArn",
    "dynamodb:DescribeStream DeliveryTable.StreamArn",
    "dynamodb:ListStreams DeliveryTable.StreamArn",
    "dynamodb:GetItem DeliveryTable FOLD#*",
    "dynamodb:PutItem DeliveryTable FOLD#*",
    "dynamodb:UpdateItem DeliveryTable TALLY#* DELIVERED#*",
    "sqs:SendMessage DeadLetters",
  ],
};
const LOG_ACTIONS = ["logs:CreateLogStream", "logs:CreateLogGroup", "logs:PutLogEvents"];

/** Where signing is done; nowhere else is the key known. One key, one purpose. */
const SIGNERS: Readonly<Record<string, { readonly secret: string; readonly by: readonly string[] }>> = {
  EVENT_KEY: { secret: "EventKey", by: ["decide", "openrtb", "events", "impressions"] },
  CURSOR_KEY: { secret: "CursorKey", by: ["whitelist", "imports", "switches", "explain", "campaigns", "cards"] },
  STATEMENT_KEY: { secret: "StatementKey", by: ["statements"] },
  DECISION_KEY: { secret: "DecisionKey", by: ["decide", "openrtb", "explain"] },
  VIEWER_KEY: { secret: "ViewerKey", by: ["decide", "openrtb"] },
};

interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: unknown;
  readonly Condition?: { readonly "ForAllValues:StringLike"?: { readonly "dynamodb:LeadingKeys": readonly string[] } };
}
interface LambdaFunction {
  readonly FunctionName: string;
  readonly Runtime: string;
  readonly Architectures: readonly string[];
  readonly MemorySize: number;
  readonly Timeout: number;
  readonly Role: unknown;
  readonly Environment: { readonly Variables: Readonly<Record<string, unknown>> };
}

const made: Partial<Record<Stage, Packaged>> = {};
const of = (stage: Stage) => {
  const found = made[stage];
  if (!found) throw new Error(`${stage} was not packaged`);
  return found;
};

beforeAll(async () => {
  await Promise.all(
    STAGES.map(async (stage) => {
      made[stage] = await packaged(stage);
    }),
  );
}, 180_000);

const many = <T>(one: T | readonly T[]): readonly T[] => (Array.isArray(one) ? (one as readonly T[]) : [one as T]);

/** The name of what an ARN is of: `RegistryTable`, `RegistryTable/index/list`, `DeliveryTable.StreamArn`, or a log group's own text. */
function nameOf(arn: unknown): string {
  const { "Fn::GetAtt": attribute, "Fn::Sub": text } = arn as { "Fn::GetAtt"?: readonly [string, string]; "Fn::Sub"?: string };
  if (attribute) return attribute[1] === "Arn" ? attribute[0] : attribute.join(".");
  if (text) return text.replace(/^\$\{(\w+)\.Arn\}/, "$1");
  return `unnamed: ${JSON.stringify(arn)}`;
}

const functionsOf = (resources: Resources): [name: string, LambdaFunction][] =>
  ofType(resources, "AWS::Lambda::Function").map(([, properties]) => {
    const lambda = properties as unknown as LambdaFunction;
    return [lambda.FunctionName.replace(/^seasongate-(?:dev|prod)-/, ""), lambda];
  });

function statementsOf(resources: Resources, { Role }: LambdaFunction): readonly Statement[] {
  const role = resources[nameOf(Role)]?.Properties as {
    Policies: { PolicyDocument: { Statement: Statement[] } }[];
    ManagedPolicyArns?: unknown[];
  };
  expect(role.ManagedPolicyArns ?? []).toEqual([]);
  return role.Policies.flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
}

/** Each right as a line: action, thing, and the keys it is held to. */
const linesOf = ({ Action, Resource, Condition }: Statement) =>
  many(Action).flatMap((action) =>
    many(Resource).map((resource) =>
      [action, nameOf(resource), ...(Condition?.["ForAllValues:StringLike"]?.["dynamodb:LeadingKeys"] ?? [])].join(" "),
    ),
  );

const allStatements = (resources: Resources) => [
  ...functionsOf(resources).flatMap(([name, lambda]) => statementsOf(resources, lambda).map((statement) => [name, statement] as const)),
  ...ofType(resources, "AWS::IAM::Role").flatMap(([name, { Policies }]) =>
    (Policies as { PolicyDocument: { Statement: Statement[] } }[]).flatMap(({ PolicyDocument }) =>
      PolicyDocument.Statement.map((statement) => [name, statement] as const),
    ),
  ),
];

describe.each(STAGES)("stage %s: rights", (stage) => {
  test("no action and no resource is a wildcard or holds one, save the streams of a function's own log group", () => {
    for (const [name, { Effect, Action, Resource }] of allStatements(of(stage).resources)) {
      expect(Effect).toBe("Allow");
      for (const action of many(Action)) expect(action).toMatch(/^[a-z]+:[A-Za-z]+$/);
      for (const resource of many(Resource)) {
        const text = JSON.stringify(resource);
        if (text.includes("*"))
          expect({ name, text }).toEqual({
            name,
            text: expect.stringMatching(/:log-group:\/aws\/lambda\/seasongate-\w+-[a-z-]+:\*:\*"\}$/),
          });
      }
    }
  });

  test("each function has exactly the rights it is given here, and its own log", () => {
    const functions = functionsOf(of(stage).resources);
    expect(functions.map(([name]) => name).sort()).toEqual(Object.keys(RIGHTS).sort());
    for (const [name, lambda] of functions) {
      const [logs, others] = [true, false].map((isLog) =>
        statementsOf(of(stage).resources, lambda).filter(
          ({ Action }) => many(Action).some((action) => action.startsWith("logs:")) === isLog,
        ),
      );
      expect({ name, rights: others?.flatMap(linesOf).sort() }).toEqual({ name, rights: [...(RIGHTS[name] ?? [])].sort() });
      for (const { Action, Resource } of logs ?? []) {
        expect(LOG_ACTIONS).toEqual(expect.arrayContaining([...many(Action)]));
        expect(many(Resource).map(nameOf)).toEqual([
          expect.stringMatching(new RegExp(`:log-group:/aws/lambda/seasongate-${stage}-${name}:\\*:\\*$`)),
        ]);
      }
    }
  });

  test("each function has a role of its own, and none the framework's", () => {
    const roles = functionsOf(of(stage).resources).map(([, { Role }]) => nameOf(Role));
    expect(new Set(roles).size).toBe(roles.length);
    expect(roles).not.toContain("IamRoleLambdaExecution");
    const all = ofType(of(stage).resources, "AWS::IAM::Role").map(([name]) => name);
    expect(all.filter((name) => !roles.includes(name))).toEqual(["IamRoleLambdaExecution"]);
  });

  test("the framework's leftover role may do nothing", () => {
    const leftover = of(stage).resources["IamRoleLambdaExecution"]?.Properties;
    expect([leftover?.["Policies"] ?? [], leftover?.["ManagedPolicyArns"] ?? []]).toEqual([[], []]);
  });

  test("only Lambda may take on a role", () => {
    for (const [, { AssumeRolePolicyDocument }] of ofType(of(stage).resources, "AWS::IAM::Role"))
      expect((AssumeRolePolicyDocument as { Statement: unknown }).Statement).toEqual([
        { Effect: "Allow", Principal: { Service: ["lambda.amazonaws.com"] }, Action: ["sts:AssumeRole"] },
      ]);
  });
});

describe.each(STAGES)("stage %s: addresses", (stage) => {
  const keys = () => ofType(of(stage).resources, "AWS::ApiGatewayV2::Route").map(([, { RouteKey }]) => String(RouteKey));

  test("every route has a contract and every contract a route; only the default is left over", () => {
    expect(keys().sort()).toEqual([...ROUTES.keys(), "$default"].sort());
  });

  test("every contract is filed under its own route key, with an action somebody may do", () => {
    for (const [key, endpoint] of ROUTES) {
      expect(routeKey(endpoint)).toBe(key);
      expect(Object.keys(AUTHORISATION)).toContain(endpoint.action);
    }
  });

  test("each noun's routes lead to that noun's function", () => {
    for (const [, { RouteKey, Target }] of ofType(of(stage).resources, "AWS::ApiGatewayV2::Route")) {
      const { action } = ROUTES.get(String(RouteKey)) ?? { action: "meta:read" };
      const noun = action.split(":")[0];
      const expected = {
        event: "Events",
        impression: "Impressions",
        decision: "Decide",
        openrtb: "Openrtb",
        report: "Reports",
        statement: "Statements",
        reconciliation: "Reconciliations",
        credit: "Credits",
        meta: "Meta",
        application: "Applications",
        campaign: "Campaigns",
        card: "Cards",
        image: "Images",
        season: "Seasons",
        whitelist: "Whitelist",
        import: "Imports",
        key: "Keys",
        change: "Changes",
        subscription: "Subscriptions",
        switch: "Switches",
        explain: "Explain",
      }[noun ?? ""];
      expect(JSON.stringify(Target)).toContain(`HttpApiIntegration${expected}"`);
    }
  });

  test("the access log has the route and never the path, which may hold a signed token, nor who asked", () => {
    const [[, properties] = ["", {}]] = ofType(of(stage).resources, "AWS::ApiGatewayV2::Stage");
    const { Format } = (properties as { AccessLogSettings: { Format: string } }).AccessLogSettings;
    const variables = [...Format.matchAll(/\$context\.[\w.]+/g)].map(([name]) => name);
    expect(variables.sort()).toEqual(["$context.requestId", "$context.responseLatency", "$context.routeKey", "$context.status"]);
    expect(() => JSON.parse(Format)).not.toThrow();
  });
});

describe.each(STAGES)("stage %s: functions", (stage) => {
  test("each says how long and how large, on the runtime and machine that were tested", () => {
    for (const [name, { Runtime, Architectures, MemorySize, Timeout }] of functionsOf(of(stage).resources)) {
      expect({ name, Runtime, Architectures }).toEqual({ name, Runtime: "nodejs24.x", Architectures: ["arm64"] });
      expect(MemorySize).toBeGreaterThanOrEqual(256);
      expect(Timeout).toBeGreaterThan(0);
      expect(Timeout).toBeLessThanOrEqual(60);
    }
  });

  test("each has a log group that forgets", () => {
    const groups = ofType(of(stage).resources, "AWS::Logs::LogGroup");
    const names = groups.map(([, { LogGroupName }]) => LogGroupName);
    for (const [name] of functionsOf(of(stage).resources)) expect(names).toContain(`/aws/lambda/seasongate-${stage}-${name}`);
    for (const [, { RetentionInDays }] of groups) expect(RetentionInDays).toBeGreaterThan(0);
  });

  test("each is told its stage and no local-only setting", () => {
    for (const [, { Environment }] of functionsOf(of(stage).resources)) expect(Environment.Variables["STAGE"]).toBe(stage);
    expect(of(stage).text).not.toMatch(
      /CLOCK_OFFSET_FILE|DYNAMODB_ENDPOINT|localhost|127\.0\.0\.1|AWS_ACCESS_KEY_ID|AWS_SECRET_ACCESS_KEY/,
    );
  });

  test("each key goes to those who sign with it and is a reference: no secret is written in the template", () => {
    for (const [name, { Environment }] of functionsOf(of(stage).resources)) {
      for (const [setting, { secret, by }] of Object.entries(SIGNERS))
        expect({ name, [setting]: Environment.Variables[setting] }).toEqual({
          name,
          [setting]: by.includes(name) ? { "Fn::Sub": `k1:{{resolve:secretsmanager:\${${secret}}}}` } : undefined,
        });
      for (const [setting, value] of Object.entries(Environment.Variables))
        if (/KEY|SECRET|PASSWORD|TOKEN$/.test(setting) && !(setting in SIGNERS))
          throw new Error(`${name} is told ${setting}: ${JSON.stringify(value)}`);
    }
    const secrets = ofType(of(stage).resources, "AWS::SecretsManager::Secret");
    expect(secrets.map(([name]) => name).sort()).toEqual(
      Object.values(SIGNERS)
        .map(({ secret }) => secret)
        .sort(),
    );
    for (const [name, { SecretString, GenerateSecretString }] of secrets) {
      expect([SecretString, GenerateSecretString]).toEqual([undefined, { PasswordLength: 64, ExcludePunctuation: true }]);
      expect(of(stage).resources[name]).toMatchObject({ DeletionPolicy: "Retain", UpdateReplacePolicy: "Retain" });
    }
    expect(of(stage).text).not.toMatch(/local-1:|BEGIN [A-Z ]*PRIVATE KEY|AKIA[0-9A-Z]{16}/);
  });
});

describe.each(STAGES)("stage %s: tables", (stage) => {
  test.each(["RegistryTable", "DeliveryTable"])("%s survives mistakes and forgets what it may", (name) => {
    const table = of(stage).resources[name];
    expect(table).toMatchObject({
      Type: "AWS::DynamoDB::Table",
      DeletionPolicy: "Retain",
      UpdateReplacePolicy: "Retain",
      Properties: {
        BillingMode: "PAY_PER_REQUEST",
        DeletionProtectionEnabled: stage === "prod",
        PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
        StreamSpecification: { StreamViewType: "NEW_IMAGE" },
        TimeToLiveSpecification: { AttributeName: "expiresAt", Enabled: true },
      },
    });
  });

  test("each function is told the tables' names as they are", () => {
    const { RegistryTable, DeliveryTable } = of(stage).resources;
    for (const [, { Environment }] of functionsOf(of(stage).resources))
      expect(Environment.Variables).toMatchObject({
        REGISTRY_TABLE: RegistryTable?.Properties["TableName"],
        DELIVERY_TABLE: DeliveryTable?.Properties["TableName"],
      });
  });
});

describe.each(STAGES)("stage %s: what starts a function", (stage) => {
  const lambda = (name: string) => ({ "Fn::GetAtt": [name, "Arn"] });

  test.each([
    ["SeasonDashclock", "1 minute"],
    ["Webhooks", "1 minute"],
    ["Announce", "1 minute"],
    ["WatchDashlinks", "5 minutes"],
  ])("the rule of %s is on, every %s, and may call it", (name, often) => {
    const rules = ofType(of(stage).resources, "AWS::Events::Rule");
    expect(rules).toHaveLength(4);
    const [[id, rule] = ["", {}]] = rules.filter(([, properties]) => JSON.stringify(properties).includes(`"${name}LambdaFunction"`));
    expect(rule).toEqual({
      ScheduleExpression: `rate(${often})`,
      State: "ENABLED",
      Targets: [{ Arn: lambda(`${name}LambdaFunction`), Id: expect.any(String) }],
    });
    const permissions = ofType(of(stage).resources, "AWS::Lambda::Permission").map(([, properties]) => properties);
    expect(permissions).toContainEqual({
      FunctionName: lambda(`${name}LambdaFunction`),
      Action: "lambda:InvokeFunction",
      Principal: "events.amazonaws.com",
      SourceArn: lambda(id),
    });
  });

  test("each stream has its readers, which keep for a person what they give up", () => {
    const mappings = ofType(of(stage).resources, "AWS::Lambda::EventSourceMapping").map(([, properties]) => properties);
    const reading = (name: string, table: string, more: object = {}) => ({
      BatchSize: expect.any(Number),
      Enabled: true,
      EventSourceArn: { "Fn::GetAtt": [table, "StreamArn"] },
      FunctionName: lambda(name),
      StartingPosition: "TRIM_HORIZON",
      MaximumRetryAttempts: 3,
      BisectBatchOnFunctionError: true,
      DestinationConfig: { OnFailure: { Destination: lambda("DeadLetters") } },
      ...more,
    });
    expect(mappings).toEqual([
      reading("PublishLambdaFunction", "RegistryTable"),
      reading("AnnounceLambdaFunction", "RegistryTable", { FunctionResponseTypes: ["ReportBatchItemFailures"] }),
      reading("TallyLambdaFunction", "DeliveryTable", {
        // Nothing is given up that the stream still has, and the function is told of which shard a batch is.
        MaximumRetryAttempts: 10_000,
        MaximumBatchingWindowInSeconds: 5,
        TumblingWindowInSeconds: 900,
        FilterCriteria: {
          Filters: [
            { Pattern: JSON.stringify({ eventName: ["INSERT", "MODIFY"], dynamodb: { Keys: { pk: { S: [{ prefix: "EVENT" }] } } } }) },
          ],
        },
      }),
    ]);
  });

  test("dead letters are kept for fourteen days, encrypted", () => {
    expect(of(stage).resources["DeadLetters"]?.Properties).toMatchObject({ MessageRetentionPeriod: 1_209_600, SqsManagedSseEnabled: true });
  });
});
