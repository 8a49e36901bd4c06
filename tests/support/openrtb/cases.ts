import { readdirSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import type { User } from "../../../lib/domain/authorisation.ts";
import { type Gate, PUBLIC_URL, type Reply } from "../gate.ts";
import { SURFACE } from "../gate-steps.ts";
import { type Path, pathsOf, valueAt, withValue } from "../json-paths.ts";
import { responseFaults } from "./response-schema.ts";
import type { Names, Stage } from "./stage.ts";

/**
 * A bid request and its answer, as a file. To be read by people, it says `grt_lamp` for the id of that brand's grant, and has
 * what travels as a JSON string, `native.request` and `adm`, as the object that is inside.
 */
export interface Case {
  readonly about: string;
  readonly stage: Stage;
  readonly at: string;
  readonly surface?: string;
  /** The host's feed, unless it says who else. */
  readonly as?: "brand" | User | null;
  readonly headers?: Readonly<Record<string, string>>;
  /** Either a request, or a body that is none. */
  readonly request?: object;
  readonly body?: string;
  readonly response: { readonly status: number; readonly body: unknown };
}

const ROOT = resolve(import.meta.dirname, "../../conformance/openrtb");

/** Every case, by its file. */
export const cases: ReadonlyMap<string, Case> = new Map(
  (["exemplary", "supplemental"] as const).flatMap((folder) =>
    readdirSync(resolve(ROOT, folder))
      .sort()
      .map((file): [string, Case] => [`${folder}/${file}`, JSON.parse(readFileSync(resolve(ROOT, folder, file), "utf8"))]),
  ),
);

/** The answer to a case's request, written as cases are. */
export async function answerTo(gate: Gate, names: Names, { at, as, surface = SURFACE, request, body, headers }: Case) {
  await gate.setClock(at);
  const rawBody = body ?? withIds(JSON.stringify(asSent(request)), names);
  const reply = await gate.call("POST /openrtb2/{surface}/bid", {
    as: as === undefined ? "feed" : as,
    params: { surface },
    rawBody,
    headers: { "content-type": "application/json", ...headers },
  });
  return { reply, said: asWritten(reply, names) };
}

/** What is wrong with an answer: that it is none of the standard's, or another than the case expects. */
export function faultsIn({ response }: Pick<Case, "response">, { reply, said }: Awaited<ReturnType<typeof answerTo>>): readonly string[] {
  const differs = canonical(said) === canonical(response) ? [] : [`expected ${JSON.stringify(response)}\n     got ${JSON.stringify(said)}`];
  return [...differs, ...(reply.status === 200 ? responseFaults(reply.body) : [])];
}

/** The native request of each impression as the string it travels as; one that is a string already stays as it is. */
function asSent(request: unknown): unknown {
  return changedAt(
    request,
    (path) => path.at(-1) === "request" && path.at(-2) === "native",
    (native) => (typeof native === "string" ? native : JSON.stringify(native)),
  );
}

function asWritten({ status, text, headers, requestId }: Reply, names: Names) {
  const written = [...names]
    .reduce((all, [name, id]) => all.replaceAll(id, name), text.replaceAll(requestId, "…"))
    .replaceAll(new RegExp(`${PUBLIC_URL}/([ic])/[\\w.-]+`, "g"), `${PUBLIC_URL}/$1/…`)
    .replaceAll(/dec_v[0-9]+[\w.~-]+/g, "dec_…");
  const body = /json/.test(String(headers["content-type"])) ? JSON.parse(written) : written;
  const opened = changedAt(
    body,
    (path) => path.at(-1) === "adm",
    (adm) => JSON.parse(String(adm)),
  );
  // The words for people about a field at fault are the schema library's.
  const worded = changedAt(
    opened,
    (path) => path.at(-1) === "detail" && path.includes("errors"),
    () => "…",
  );
  return { status, body: worded };
}

/** JSON has no order of keys. */
const canonical = (value: unknown) =>
  JSON.stringify(value, (_key, inner) =>
    typeof inner === "object" && inner !== null && !Array.isArray(inner) ? Object.fromEntries(Object.entries(inner).sort()) : inner,
  );

const withIds = (text: string, names: Names) => text.replaceAll(/\b(?:brd|grt|cmp|crd)_[a-z]+\b/g, (name) => names.get(name) ?? name);

const changedAt = (value: unknown, where: (path: Path) => boolean, change: (inner: unknown) => unknown): unknown =>
  pathsOf(value)
    .filter(where)
    .reduce((changed, path) => withValue(changed, path, change(valueAt(changed, path))), value);
