import { expect, test } from "@jest/globals";
import { stackEnv } from "../../scripts/local/stack-env.ts";

const settings = {
  dynamodbEndpoint: "http://127.0.0.1:1",
  jwksUrl: "http://127.0.0.1:2/jwks.json",
  publicUrl: "http://127.0.0.1:3",
  eventKey: "k:v",
  cursorKey: "k:v",
  decisionKey: "k:v",
  viewerKey: "k:v",
  statementKey: "k:v",
  clockOffsetFile: "/c",
};

test("the user's own credentials are never used on DynamoDB Local", () => {
  expect(stackEnv({ AWS_ACCESS_KEY_ID: "mine", AWS_SECRET_ACCESS_KEY: "mine" }, settings)).toMatchObject({
    AWS_ACCESS_KEY_ID: "local",
    AWS_SECRET_ACCESS_KEY: "local",
  });
});

test.each([{ AWS_ACCESS_KEY_ID: "mine" }, { AWS_PROFILE: "mine" }])(
  "they are left alone when the user points at another DynamoDB: %j",
  (own) => {
    expect(stackEnv({ DYNAMODB_ENDPOINT: "https://db.example", ...own }, settings)).not.toHaveProperty("AWS_ACCESS_KEY_ID");
  },
);

test("another DynamoDB without credentials gets the dummy ones", () => {
  expect(stackEnv({ DYNAMODB_ENDPOINT: "http://127.0.0.1:8000" }, settings)).toMatchObject({ AWS_ACCESS_KEY_ID: "local" });
});
