import type { User } from "../../lib/domain/authorisation.ts";
import type { Issuer } from "../local/issuer.ts";
import { compactJson } from "./compact-json.ts";

/** The stack did something else than the demo said it would. */
export class Surprise extends Error {
  override readonly name = "Surprise";
}

export interface Question {
  readonly method: "GET" | "POST";
  /** A path of the API, or a whole address that an earlier answer gave. */
  readonly to: string;
  readonly as?: User;
  readonly body?: unknown;
  /** Sent as it is, instead of a JSON body. */
  readonly file?: { readonly type: string; readonly bytes: Uint8Array<ArrayBuffer> };
  /** The status that is no surprise. */
  readonly expect: number;
  /** What of the answer to print; all of it when not given. */
  readonly show?: (body: never) => unknown;
}

export interface Answer {
  readonly location: string | null;
  // biome-ignore lint/suspicious/noExplicitAny: the demo reads answers as a person does, and says so when they are not what it expects
  readonly body: any;
}

/** How the host's app on a phone names itself. */
const PHONE =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 MicroMessenger/8.0.50";

/** Asks the running stack and prints each request with its answer. */
export class Conversation {
  readonly #api: string;
  readonly #issuer: Issuer;
  readonly #print: (line: string) => void;
  #step = 0;

  constructor(api: string, issuer: Issuer, print: (line: string) => void) {
    this.#api = api;
    this.#issuer = issuer;
    this.#print = print;
  }

  /** Begins a step of the walk. */
  step(title: string): void {
    this.#step += 1;
    this.#print(`\n${String(this.#step).padStart(2)}. ${title}`);
  }

  /** Something that happens without a request, or an answer to one. */
  note(line: string): void {
    this.#print(`    ${line}`);
  }

  /** @throws Surprise when the status is not the one expected. */
  async ask(question: Question): Promise<Answer> {
    const { method, to, as, body, expect, show = (all: unknown) => all } = question;
    const whole = to.startsWith("http");
    this.#print(`    → ${method} ${whole ? shortened(to) : to}${as ? `   as ${as.role} ${as.sub}` : ""}`);
    if (body !== undefined) this.#print(indented(body, "      "));
    if (question.file) this.#print(`      ${question.file.type}, ${question.file.bytes.length} bytes`);
    const answer = await this.#send(question, whole ? to : `${this.#api}${to}`);
    this.#print(`    ← ${answer.status}${answer.location ? ` Location: ${answer.location}` : ""}`);
    if (answer.body !== undefined) this.#print(indented(answer.status === expect ? show(answer.body as never) : answer.body, "      "));
    if (answer.status !== expect) throw new Surprise(`${method} ${shortened(to)} should answer ${expect}, and answered ${answer.status}.`);
    return answer;
  }

  async #send({ method, to, as, body, file }: Question, url: string) {
    const authorization = as && { authorization: `Bearer ${await this.#issuer.token(as)}` };
    const response = await fetch(url, {
      method,
      redirect: "manual",
      headers: {
        ...authorization,
        // Whole addresses are what a card gave: it is the viewer's phone that calls them. A machine's calls are told apart as invalid.
        ...(to.startsWith("http") ? { "user-agent": PHONE } : {}),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
        ...(file ? { "content-type": file.type } : {}),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(file ? { body: file.bytes } : {}),
    });
    const text = await response.text();
    return { status: response.status, location: response.headers.get("location"), body: text ? parsed(text) : undefined };
  }
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

/** Tokens are long and say nothing to a reader. */
const shortened = (url: string) => (url.length > 90 ? `${url.slice(0, 60)}…${url.slice(-8)}` : url);

const indented = (value: unknown, margin: string) => margin + compactJson(value, margin, shortened);

/** @throws Surprise with the sentence when it is not so. */
export function insist(isSo: boolean, sentence: string): void {
  if (!isSo) throw new Surprise(sentence);
}
