import { unrecordedClick } from "../../lib/contracts/delivery-event.ts";
import { fromOutside } from "../../lib/contracts/wire.ts";
import type { DeliveryEvent } from "../../lib/domain/delivery-event.ts";

/** The tap of a log line; undefined for a line of something else, and "refused" where it says it is one and is not. */
export function clickInLine(line: string): DeliveryEvent | "refused" | undefined {
  if (!line.includes('"click-unrecorded"')) return undefined;
  // Log stores put text of their own before a function's line.
  const start = line.indexOf("{");
  let said: unknown;
  try {
    said = JSON.parse(line.slice(start));
  } catch (error) {
    if (error instanceof SyntaxError) return "refused";
    throw error;
  }
  const found = fromOutside(unrecordedClick, said);
  return "faults" in found ? "refused" : (found.value as { readonly click: DeliveryEvent }).click;
}
