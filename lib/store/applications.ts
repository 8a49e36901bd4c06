import type { ApplicationStore } from "../app/ports.ts";
import * as schemas from "../contracts/applications.ts";
import type { Application } from "../domain/application.ts";
import { commit, restored, stored, type Write } from "./commit.ts";
import { keys, LIST_INDEX, QUEUE_INDEX } from "./keys.ts";
import type { Table } from "./table.ts";

/** Applications, and the two keys that come of them, in the Registry. */
export function applicationStore(registry: Table): ApplicationStore {
  return {
    async get(id) {
      const item = await registry.get(keys.application(id));
      return item && restored(schemas.application, item);
    },

    async ofBrand(brand) {
      const items = await registry.queryIndex(LIST_INDEX, `BRAND#${brand}#APPLICATIONS`);
      return items.map((item) => restored(schemas.application, item));
    },

    async queue(surface, season) {
      const items = await registry.queryIndex(QUEUE_INDEX, `APPLICATIONS#${surface}#${season}`);
      return items.map((item) => restored(schemas.application, item));
    },

    async submit(application, event) {
      const { brand, surface, season } = application;
      const place: Write = {
        key: keys.applied(brand, surface, season),
        attributes: { application: application.id },
        over: "absent",
        otherwise: "already-applied",
      };
      await commit(registry, [place, write(application)], event);
    },

    async attest(application, attestation, event) {
      const { surface, season, brand } = attestation;
      const key: Write = {
        key: keys.attestation(surface, season, brand),
        attributes: stored(schemas.attestation, attestation),
        over: "absent",
        otherwise: "already-attested",
      };
      await commit(registry, [write(application), key], event);
    },

    async approve(application, grant, event) {
      const { surface, season, brand } = grant;
      const key: Write = {
        key: keys.grant(surface, season, brand),
        attributes: stored(schemas.grant, grant),
        over: "absent",
        otherwise: "already-decided",
      };
      await commit(registry, [write(application), key], event);
    },

    async deny(application, event) {
      await commit(registry, [write(application)], event);
    },
  };
}

const write = (application: Application): Write => ({
  key: keys.application(application.id),
  attributes: {
    version: application.version,
    [LIST_INDEX.pk]: `BRAND#${application.brand}#APPLICATIONS`,
    [LIST_INDEX.sk]: application.id,
    [QUEUE_INDEX.pk]: `APPLICATIONS#${application.surface}#${application.season}`,
    [QUEUE_INDEX.sk]: application.id,
    ...stored(schemas.application, application),
  },
  over: application.version === 1 ? "absent" : application.version - 1,
  otherwise: "changed-meanwhile",
});
