import { createHash } from "node:crypto";
import type { User } from "../../lib/domain/authorisation.ts";
import type { Template } from "../../lib/domain/surface.ts";
import type { Caller, InProcess, Reply } from "../local/in-process.ts";
import { asUsed, plainImages } from "../local/plain-images.ts";
import type { Participant } from "./brands.ts";
import type { Step } from "./fates.ts";
import { type BrandRecord, type KeyRecord, type Ledger, transition } from "./ledger.ts";
import type { Findings } from "./promises.ts";
import type { Timetable } from "./timetable.ts";

interface Deps {
  readonly call: InProcess["call"];
  readonly ledger: Ledger;
  readonly findings: Findings;
  readonly times: Timetable;
  readonly templates: (surface: string) => readonly Template[];
  /** Told of every reply, whoever asked. */
  readonly heard: (reply: Reply, at: number) => void;
}

/** A request that a step makes, and what is noted when it is acknowledged. */
interface Request {
  readonly route: string;
  readonly as: Caller;
  readonly params?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  // biome-ignore lint/suspicious/noExplicitAny: an acknowledged body is as its contract says.
  readonly note: (body: any) => void;
}

const blurred = (element: string) => [{ code: "logo-blurred", text: "The logo is blurred.", element }];

/** One brand's part: what is done about it, step by step, and what everybody was told. */
export function castMember(deps: Deps, { id, surface, face, destination }: Participant) {
  const { ledger, times } = deps;
  const marketer: User = { role: "brand", tenant: id, sub: `usr_${id}` };
  const record: BrandRecord = { id, surface, application: null, attestations: [], grants: [], cards: [] };
  ledger.brands.set(id, record);
  let flags: readonly { readonly code: string }[] = [];
  let campaign: { readonly id: string; readonly flight: Extract<Step, { verb: "campaign" }>["flight"] } | undefined;
  let steps = 0;

  const noteApplication = (action: string) => (application: { id: string; state: string; flags: typeof flags }) => {
    transition(ledger, `application/${application.id}`, `application:${action}`);
    record.application = { id: application.id, state: application.state };
    flags = application.flags;
  };

  const turn = (key: KeyRecord, at: number, current: boolean) => key.turns.push({ at, current });
  const noteRemoval = (at: number) => {
    const stands = (keys: readonly KeyRecord[]) => keys.some(({ turns }) => turns.at(-1)?.current);
    if (stands(record.attestations) && stands(record.grants)) ledger.removed.delete(id);
    else if (record.grants.length > 0 && !ledger.removed.has(id)) ledger.removed.set(id, at);
  };
  const endKeys = (at: number) => {
    for (const key of [...record.attestations, ...record.grants]) if (key.turns.at(-1)?.current) turn(key, at, false);
    noteRemoval(at);
  };

  const template = deps.templates(surface).find((each) => each.id === face.template);
  const images = template ? plainImages(template, id) : [];
  /** What its card shows is there before the card. */
  const uploadImages = async (at: number) => {
    for (const { bytes } of images) {
      const file = { rawBody: bytes.toString("base64"), base64: true, headers: { "content-type": "image/png" } };
      const reply = await deps.call("POST /v1/images", { as: marketer, ...file });
      deps.heard(reply, at);
      deps.findings.check("rules", at, reply.requestId, reply.status !== 201 && `an image of ${id} was answered ${reply.status}`);
    }
  };

  const requestOf = (step: Step): Request => {
    const application = record.application?.id ?? "";
    const params = { application };
    const onApplication = (suffix: string) => `POST /v1/applications/{application}/${suffix}`;
    switch (step.verb) {
      case "apply":
      case "draft": {
        const body = step.verb === "draft" ? { ...step.form, submit: false } : step.form;
        return { route: "POST /v1/applications", as: marketer, body, note: noteApplication(step.verb === "draft" ? "draft" : "submit") };
      }
      case "edit": {
        const action = record.application?.state === "approved" ? "amend" : "edit";
        return {
          route: "PUT /v1/applications/{application}",
          as: marketer,
          params,
          body: step.form,
          note: (body) => {
            noteApplication(action)(body);
            if (action === "amend") endKeys(step.at);
          },
        };
      }
      case "submit":
        return { route: onApplication("submission"), as: marketer, params, note: noteApplication("submit") };
      case "appeal":
        return {
          route: onApplication("appeal"),
          as: marketer,
          params,
          body: { words: "Please look again." },
          note: noteApplication("appeal"),
        };
      case "withdraw":
        return {
          route: onApplication("withdrawal"),
          as: marketer,
          params,
          note: (body) => {
            noteApplication("withdraw")(body);
            endKeys(step.at);
          },
        };
      case "attest":
        return {
          route: onApplication("attestation"),
          as: "attester",
          params,
          body: { expiresAt: new Date(step.expiresAt).toISOString() },
          note: ({ expiresAt }: { expiresAt: string }) => {
            transition(ledger, `application/${application}`, "application:attest");
            for (const before of record.attestations) if (before.turns.at(-1)?.current) turn(before, step.at, false);
            record.attestations.push({ expiresAt: Date.parse(expiresAt), turns: [{ at: step.at, current: true }] });
            noteRemoval(step.at);
          },
        };
      case "approve":
        return {
          route: onApplication("reviews"),
          as: "reviewer",
          params,
          body: {
            decision: "approve",
            grants: [{ surface, phases: step.phases, templates: deps.templates(surface).map((each) => each.id) }],
            waivers: [...new Set(flags.map(({ code }) => code))].map((code) => ({ code, reason: "A rehearsal." })),
          },
          note: (body) => {
            noteApplication("approve")(body.application);
            for (const { id: grant, phases, templates, expiresAt } of body.grants)
              record.grants.push({
                id: grant,
                phases,
                templates,
                expiresAt: Date.parse(expiresAt),
                turns: [{ at: step.at, current: true }],
              });
            noteRemoval(step.at);
          },
        };
      case "deny":
      case "request-changes":
        return {
          route: onApplication("reviews"),
          as: "reviewer",
          params,
          body: { decision: step.verb, feedback: blurred("/documents/0") },
          note: (body) => noteApplication(step.verb)(body.application),
        };
      case "turn-attestation":
        return {
          route: onApplication("attestation/turns"),
          as: "attester",
          params,
          body: { verb: step.turn, reason: "A rehearsal." },
          note: () => {
            transition(ledger, `attestation/${application}`, `attestation:${step.turn}`);
            const key = record.attestations.at(-1);
            if (key) turn(key, step.at, step.turn === "reinstate");
            noteRemoval(step.at);
          },
        };
      case "turn-grant": {
        const key = record.grants.at(-1);
        return {
          route: onApplication("grants/{grant}/turns"),
          as: "reviewer",
          params: { ...params, grant: key?.id ?? "" },
          body: { verb: step.turn, reason: "A rehearsal." },
          note: () => {
            transition(ledger, `grant/${key?.id}`, `grant:${step.turn}`);
            if (key) turn(key, step.at, step.turn === "reinstate");
            noteRemoval(step.at);
          },
        };
      }
      case "campaign": {
        const { flight } = step;
        const wire = flight && { opensAt: new Date(flight.opensAt).toISOString(), closesAt: new Date(flight.closesAt).toISOString() };
        return {
          route: "POST /v1/campaigns",
          as: marketer,
          body: { season: times.id, surface, name: times.names.zh.slice(0, 60), flight: wire },
          note: (body) => {
            transition(ledger, `campaign/${body.id}`, "campaign:create");
            campaign = { id: body.id, flight };
          },
        };
      }
      case "card":
        return {
          route: "POST /v1/cards",
          as: marketer,
          body: { ...face, images: asUsed(images), campaign: campaign?.id ?? "" },
          note: (body) => {
            transition(ledger, `card/${body.id}`, "card:create");
            record.cards.push({ id: body.id, template: face.template, destination, flight: campaign?.flight ?? null, approvedAt: null });
          },
        };
      case "approve-card":
      case "deny-card": {
        const card = record.cards.at(-1);
        const approves = step.verb === "approve-card";
        return {
          route: "POST /v1/cards/{card}/reviews",
          as: "reviewer",
          params: { card: card?.id ?? "" },
          body: { ...(approves ? { decision: "approve" } : { decision: "deny", feedback: blurred("/images/0") }), version: 1 },
          note: () => {
            transition(ledger, `card/${card?.id}`, approves ? "card:approve" : "card:deny");
            if (card && approves) card.approvedAt = step.at;
          },
        };
      }
    }
  };

  /** Takes the step; every third request is sent twice under its key, as somebody does who has not seen the answer. @returns whether it was as expected. */
  return async (step: Step): Promise<boolean> => {
    if (step.verb === "card") await uploadImages(step.at);
    const { route, as, params, body, note } = requestOf(step);
    const key = createHash("sha256").update(`${id} ${++steps}`).digest("hex");
    const request = { as, ...(params ? { params } : {}), ...(body === undefined ? {} : { body }), headers: { "idempotency-key": key } };
    const reply = await deps.call(route, request);
    deps.heard(reply, step.at);
    const wrong = unexpected(step, reply);
    deps.findings.check("rules", step.at, reply.requestId, wrong && `${route} for ${id}: ${wrong}`);
    if (reply.status < 300) note(reply.body);
    if (steps % 3 === 0) {
      const again = await deps.call(route, request);
      deps.heard(again, step.at);
      const differs = again.status !== reply.status || (reply.status < 300 && again.text !== reply.text);
      deps.findings.check("repeats", step.at, again.requestId, differs && `${route} for ${id}: ${reply.status}, then ${again.status}`);
    }
    return wrong === undefined && reply.status < 300;
  };
}

/** What is not as the rules say. A refusal is told by its code, or by that of one of its reasons. */
function unexpected(step: Step, { status, body }: Reply): string | undefined {
  const codes: readonly string[] = [body?.code, ...(body?.errors ?? []).map(({ code }: { code: string }) => code)];
  if (step.expect !== undefined) return codes.includes(step.expect) ? undefined : `${step.expect} was due, and it was ${status} ${codes}`;
  if (status >= 300) return `it was to succeed, and it was ${status} ${codes}`;
  const isFlagged = !("flag" in step) || body.flags.some(({ code }: { code: string }) => code === step.flag);
  return isFlagged ? undefined : `flag ${step.flag} was due`;
}
