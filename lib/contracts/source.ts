import * as z from "zod";
import { SYSTEMS } from "../domain/targeting.ts";
import { slug } from "./primitives.ts";

/** Where a fact in our data comes from, and how far to trust it. */
export const source = z
  .strictObject({
    url: z.url({ protocol: /^https?$/ }).optional(),
    read: z.iso.date().optional(),
    standing: z.enum(["primary", "secondary", "recalled", "unverified"]),
    note: z.string().min(1),
  })
  .readonly();

/** The name of a part whose place in its file matters: JavaScript reads names that are numbers first, wherever they stand. */
export const orderedName = slug.regex(/^[a-z]/, "Begins with a letter.");

/** The systems something is for; null for all, also where none is known. */
export const systems = z.array(z.enum(SYSTEMS)).min(1).readonly().nullable().default(null);
