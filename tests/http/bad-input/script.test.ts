import { afterAll, expect, test } from "@jest/globals";
import { openGate, PUBLIC_URL } from "../../support/gate.ts";
import { pathsOf, pointer, valueAt, withValue } from "../../support/json-paths.ts";
import { expectRefused } from "../../support/problem.ts";
import { bodyForms, makeWorld, unspent } from "../../support/valid-calls.ts";

const gate = await openGate();
afterAll(() => gate.close());
const forms = bodyForms(await makeWorld(gate));

const ADDRESSES = ["javascript:alert(1)", "https://evil.example/"];
/** The fields in which people read what people wrote. */
const PLAIN_TEXT = /\/(?:text|names|name|number|feedback|appeal|reason|why|waived|has|differences\/\d+\/(?:before|after))(?:\/|$)/;

/** What an exchange calls its requests and impressions, by which it knows them again. */
const THEIR_IDS = /^\/(?:id|ext\/nobids\/\d+\/impid)$/;

test.each(forms)("$form: an address is plain text or refused, and never where anybody is sent", async ({ form, route, call }) => {
  const send = unspent(gate, form);
  for (const path of pathsOf(call.body).filter((each) => typeof valueAt(call.body, each) === "string"))
    for (const address of ADDRESSES) {
      const reply = await send((body) => withValue(body, path, address));
      if (reply.status >= 400) expectRefused(reply);
      else expectOnlyText(reply.body, address, route === "POST /openrtb2/{surface}/bid" ? THEIR_IDS : PLAIN_TEXT);
    }
});

function expectOnlyText(made: unknown, address: string, plain: RegExp): void {
  const places = pathsOf(made);
  for (const place of places.filter((each) => String(valueAt(made, each)) === address)) expect(pointer(place)).toMatch(plain);
  for (const url of places.filter((each) => /Url$/.test(String(each.at(-1)))))
    expect(String(valueAt(made, url)).startsWith(`${PUBLIC_URL}/`)).toBe(true);
}
