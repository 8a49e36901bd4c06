import { SetupError } from "./setup-error.ts";

/** Runs `parseArgs`; a wrong option becomes a {@link SetupError} that says which. */
export function readArguments<Parsed>(parse: () => Parsed): Parsed {
  try {
    return parse();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith("ERR_PARSE_ARGS_")) throw new SetupError(`${message}.`);
    throw error;
  }
}
