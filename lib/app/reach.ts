import type { Application } from "../domain/application.ts";
import { type Parties, reaches, type User } from "../domain/authorisation.ts";
import { Refusal } from "../domain/refusal.ts";

/** As `within`; an application that was never submitted is there for its brand alone. @throws Refusal `not-found`. */
export const shown = (user: User, application: Application | undefined): Application =>
  within(user, user.role === "brand" || application?.revision !== 0 ? application : undefined);

/**
 * The thing, if it is there and within the user's reach; otherwise the same refusal for both, so that nobody learns
 * what others have. @throws Refusal `not-found`.
 */
export function within<T extends Parties>(user: User, thing: T | undefined): T {
  if (!thing || !reaches(user, thing)) throw new Refusal("not-found");
  return thing;
}
