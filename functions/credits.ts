import { giveBack } from "../lib/app/credits.ts";
import { credits } from "../lib/contracts/credits.ts";
import { desk } from "../lib/deps/desk.ts";
import { deliveryTable, registryTable } from "../lib/deps/tables.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { creditStore } from "../lib/store/credits.ts";
import { tallyStore } from "../lib/store/tallies.ts";

const deps = { ...desk(), credits: creditStore(registryTable("write")), tallies: tallyStore(deliveryTable("write")) };

export const handler = endpoints(credits, { give: giveBack(deps) }, deps);
