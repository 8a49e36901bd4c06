import * as z from "zod";
import { ROLES, type User } from "../domain/authorisation.ts";

/** What we read of a verified token's claims; the rest is dropped. */
export const claims = z
  .object({ sub: z.string().min(1).max(200), role: z.enum(ROLES), tenant: z.string().min(1).max(100) })
  .transform((found): User => found);
