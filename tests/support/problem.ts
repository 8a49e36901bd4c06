import { expect } from "@jest/globals";
import type { Reply } from "./gate.ts";

/** Words that only our own insides have. */
const INSIDES = /at Object\.|\bat \w+ \(|\.ts:|\.ts"|node_modules|file:\/\/|ZodError|\/work\/|stack/;

/** An RFC 9457 document with our code, under the request's own id, with nothing of our insides. */
export function expectProblem({ status, headers, text, body, requestId }: Reply, expected: { status?: number; code?: string } = {}): void {
  expect({ status, ...expected, body }).toEqual({
    status: expected.status ?? status,
    ...expected,
    body: {
      type: `urn:seasongate:problem:${expected.code ?? body?.code}`,
      title: expect.stringMatching(/./),
      status,
      detail: expect.stringMatching(/./),
      code: expected.code ?? expect.stringMatching(/^[a-z-]+$/),
      requestId,
      ...(body?.errors
        ? { errors: body.errors.map(() => ({ code: expect.any(String), field: expect.any(String), detail: expect.any(String) })) }
        : {}),
    },
  });
  expect(headers["content-type"]).toMatch(/^application\/problem\+json\b/);
  expect(text).not.toMatch(INSIDES);
}

/** As {@link expectProblem}, and the client's own fault. */
export function expectRefused(reply: Reply): void {
  expect(Math.floor(reply.status / 100)).toBe(4);
  expectProblem(reply);
}

/** What a reply says, apart from the id it was given under. */
export const sayingOf = ({ status, text, requestId }: Reply) => ({ status, text: text.replaceAll(requestId, "<request>") });
