import { expect, test } from "@jest/globals";
import { ROLES } from "../../lib/domain/authorisation.ts";
import { people } from "../../scripts/local/people.ts";
import { SetupError } from "../../scripts/local/setup-error.ts";
import { tokenRequest } from "../../scripts/local/token-request.ts";

test.each(ROLES)("a %s is their default person unless told otherwise", (role) => {
  expect(tokenRequest({ role })).toEqual({ role, ...people[role] });
  expect(tokenRequest({ role, tenant: "t", sub: "s" })).toEqual({ role, tenant: "t", sub: "s" });
});

test.each([undefined, "boss", "toString"])("role %s is refused with the names of the roles", (role) => {
  const refused = () => tokenRequest(role === undefined ? {} : { role });
  expect(refused).toThrow(SetupError);
  expect(refused).toThrow(ROLES.join(", "));
});
