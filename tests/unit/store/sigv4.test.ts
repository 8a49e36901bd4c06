import { expect, test } from "@jest/globals";
import { sign } from "aws4";
import * as fc from "fast-check";
import { signedHeaders } from "../../../lib/store/sigv4.ts";

const secret = fc.stringMatching(/^[A-Za-z0-9/+]{16,60}$/);
const request = fc.record({
  host: fc.constantFrom("dynamodb.eu-west-1.amazonaws.com", "127.0.0.1:8000"),
  region: fc.constantFrom("eu-west-1", "cn-north-1"),
  operation: fc.constantFrom("GetItem", "Query", "TransactWriteItems"),
  body: fc.oneof(fc.json(), fc.string({ unit: "grapheme" })),
  at: fc.integer({ min: Date.UTC(2020, 0, 1), max: Date.UTC(2090, 0, 1) }),
  credentials: fc.record({ accessKeyId: secret, secretAccessKey: secret, sessionToken: fc.option(secret, { nil: undefined }) }),
});

test("a request is signed as the library signs it, whatever is asked, by whom and when", () => {
  fc.assert(
    fc.property(request, ({ host, region, operation, body, at, credentials: { sessionToken, ...credentials } }) => {
      const given = { ...credentials, ...(sessionToken === undefined ? {} : { sessionToken }) };
      const headers = { "content-type": "application/x-amz-json-1.0", "x-amz-target": `DynamoDB_20120810.${operation}` };
      const ours = signedHeaders({ host, region, service: "dynamodb", headers, body, at }, given);
      const theirs = sign(
        {
          ...{ host, region, service: "dynamodb", method: "POST", path: "/", body },
          // The library signs what is sent: an empty body's length it would leave out.
          headers: { ...headers, "X-Amz-Date": String(ours["x-amz-date"]) },
          extraHeadersToIgnore: { "content-length": true },
        } as never,
        given,
      ).headers as Record<string, string>;
      expect(ours["authorization"]).toBe(theirs["Authorization"]);
      expect(ours["x-amz-security-token"]).toBe(theirs["X-Amz-Security-Token"]);
    }),
  );
});
