import { ROLES } from "../../lib/domain/authorisation.ts";
import type { TokenRequest } from "./issuer.ts";
import { isRole, people } from "./people.ts";
import { SetupError } from "./setup-error.ts";

/**
 * What `npm run token` asks for: a role, as its default person unless told otherwise.
 *
 * @throws SetupError naming the roles when `role` is none of them.
 */
export function tokenRequest({
  role = "",
  tenant,
  sub,
}: {
  readonly role?: string;
  readonly tenant?: string;
  readonly sub?: string;
}): TokenRequest {
  if (!isRole(role)) throw new SetupError(`Say which role with --role, one of ${ROLES.join(", ")}${role && ` (there is no "${role}")`}.`);
  return { role, sub: sub ?? people[role].sub, tenant: tenant ?? people[role].tenant };
}
