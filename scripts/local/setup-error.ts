/** The machine lacks something or a setting is wrong. The message is one sentence that says what to do; it is shown without a stack. */
export class SetupError extends Error {
  override readonly name = "SetupError";
}

/** Runs a command's body: a {@link SetupError} becomes one sentence on stderr and exit code 1, anything else keeps its stack. */
export async function runCommand(body: () => Promise<void>): Promise<void> {
  try {
    await body();
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  }
}
