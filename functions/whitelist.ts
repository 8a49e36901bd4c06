import { checkWhitelist, exportWhitelist, listWhitelist, publicWhitelist } from "../lib/app/whitelist.ts";
import { whitelist } from "../lib/contracts/whitelist.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { writeCsv } from "../lib/deps/csv-writer.ts";
import { cursorSigner, whitelistContact } from "../lib/deps/cursor-signer.ts";
import { identity } from "../lib/deps/identity.ts";
import { log } from "../lib/deps/log.ts";
import { registryTable } from "../lib/deps/tables.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { seasonStore } from "../lib/store/seasons.ts";
import { switchStore } from "../lib/store/switches.ts";
import { whitelistStore } from "../lib/store/whitelist.ts";

const registry = registryTable("write");
const deps = {
  now: festivalClock(),
  log,
  identify: identity(),
  seasons: seasonStore(registry),
  switches: switchStore(registry),
  whitelist: whitelistStore(registry),
  cursors: cursorSigner(),
  contact: whitelistContact(),
  writeCsv,
};

export const handler = endpoints(
  whitelist,
  { list: listWhitelist(deps), check: checkWhitelist(deps), export: exportWhitelist(deps), published: publicWhitelist(deps) },
  deps,
);
