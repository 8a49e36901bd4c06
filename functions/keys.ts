import { turnEntryAttestation, turnEntryGrant } from "../lib/app/turn-keys.ts";
import { keyTurns } from "../lib/contracts/key-turns.ts";
import { desk } from "../lib/deps/desk.ts";
import { registryTable } from "../lib/deps/tables.ts";
import { endpoints } from "../lib/http/endpoints.ts";
import { whitelistStore } from "../lib/store/whitelist.ts";

const deps = { ...desk(), whitelist: whitelistStore(registryTable("write")) };

export const handler = endpoints(keyTurns, { attestation: turnEntryAttestation(deps), grant: turnEntryGrant(deps) }, deps);
