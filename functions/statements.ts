import { giveStatement, showPublicKeys } from "../lib/app/statements.ts";
import { statements } from "../lib/contracts/statements.ts";
import { festivalClock } from "../lib/deps/clock.ts";
import { identity } from "../lib/deps/identity.ts";
import { log } from "../lib/deps/log.ts";
import { statementSigner } from "../lib/deps/statement-signer.ts";
import { deliveryTable, registryTable } from "../lib/deps/tables.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { seasonStore } from "../lib/store/seasons.ts";
import { statementStore } from "../lib/store/statements.ts";
import { tallyStore } from "../lib/store/tallies.ts";

const delivery = deliveryTable("write");
const deps = {
  now: festivalClock(),
  log,
  identify: identity(),
  signer: statementSigner(),
  seasons: seasonStore(registryTable("write")),
  statements: statementStore(delivery),
  tallies: tallyStore(delivery),
};

export const handler = endpoints(statements, { give: giveStatement(deps), keys: showPublicKeys(deps) }, deps);
