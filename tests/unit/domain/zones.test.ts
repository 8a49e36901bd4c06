import { execFileSync } from "node:child_process";
import { expect, test } from "@jest/globals";
import { form, season } from "./fixtures.ts";

/** Asks a process of its own, since a running one keeps its zone: which last days does the season's end let through? */
const PROGRAM = `
  import { admit } from ${JSON.stringify(new URL("../../../lib/domain/admission.ts", import.meta.url).href)};
  const { form, season } = JSON.parse(process.env.GIVEN);
  const admitted = ["2024-05-19", "2024-05-20", "2024-05-21"].map((expiresOn) => {
    const documents = form.documents.map((document) => ({ ...document, expiresOn }));
    try {
      return admit({ ...form, documents }, season, { at: 0, looksLike: undefined, fullSurfaces: [] });
    } catch (error) {
      return error.reasons.map(({ code }) => code).join();
    }
  });
  console.log(JSON.stringify([new Intl.DateTimeFormat().resolvedOptions().timeZone, ...admitted]));
`;
const GIVEN = JSON.stringify({ form: form(), season: season() });

test.each(["UTC", "Asia/Shanghai", "America/New_York", "Pacific/Apia"])(
  "the season's last day is its own zone's in a process of %s",
  (TZ) => {
    const env = { ...process.env, TZ, GIVEN };
    const said = execFileSync(process.execPath, ["--no-warnings", "--input-type=module", "--eval", PROGRAM], { env, encoding: "utf8" });
    const both = "document-expiring,document-expiring";
    expect(JSON.parse(said)).toEqual([TZ, both, [], []]);
  },
);
