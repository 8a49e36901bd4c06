import { liftKillSwitch, listSwitches, throwKillSwitch } from "../lib/app/switches.ts";
import { switches } from "../lib/contracts/switches.ts";
import { cursorSigner } from "../lib/deps/cursor-signer.ts";
import { desk } from "../lib/deps/desk.ts";
import { endpoints } from "../lib/http/endpoints.ts";

const deps = { ...desk(), cursors: cursorSigner() };

export const handler = endpoints(switches, { throw: throwKillSwitch(deps), list: listSwitches(deps), lift: liftKillSwitch(deps) }, deps);
