import { ROLES, type User } from "../domain/authorisation.ts";

/** What we read of a verified token's claims, the rest dropped; undefined where they are not those of a user. */
export function userOf({ sub, role, tenant }: Readonly<Record<string, unknown>>): User | undefined {
  const known = ROLES.find((each) => each === role);
  return known && isName(sub, 200) && isName(tenant, 100) ? { sub, role: known, tenant } : undefined;
}

const isName = (value: unknown, longest: number): value is string => typeof value === "string" && value !== "" && value.length <= longest;
