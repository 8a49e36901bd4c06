import type { Agent, IncomingMessage, RequestOptions } from "node:http";

export interface Asked {
  readonly url: URL;
  readonly method: "GET" | "POST";
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For the whole answer. */
  readonly timeoutMs: number;
}

export interface Answered {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** No answer we ask for is near it. Bytes. */
const LARGEST_ANSWER = 16 * 1024 * 1024;

const agents = new Map<string, Agent>();

/**
 * One request over a connection that is kept for the next, by Node's own client: `fetch` takes 40 ms of a cold start and the AWS
 * SDK's client more. Loaded at the first call. Redirects are not followed. Rejects when there is no whole answer in time.
 */
export async function ask({ url, method, headers, body, timeoutMs }: Asked): Promise<Answered> {
  const client = url.protocol === "https:" ? await import("node:https") : await import("node:http");
  const agent = agents.get(url.protocol) ?? new client.Agent({ keepAlive: true, maxSockets: 50 });
  agents.set(url.protocol, agent);
  const options: RequestOptions = { method, headers, agent, signal: AbortSignal.timeout(timeoutMs) };
  return new Promise((resolve, reject) => {
    const request = client.request(url, options, (response) => {
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        chunks.push(chunk);
        if (bytes > LARGEST_ANSWER) response.destroy(new Error("the answer is too large"));
      });
      response.on("error", reject);
      response.on("close", () => reject(new Error("the answer broke off")));
      response.on("end", () => {
        const { statusCode = 0, headers: found } = response;
        resolve({ status: statusCode, headers: found, body: Buffer.concat(chunks).toString() });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}
