export type LogLine = Readonly<Record<string, unknown>> & { readonly event: string };

/** Takes the functions' log lines off standard output, where they would drown the test report. Everything else passes. */
export function captureLog(): { readonly lines: LogLine[]; readonly release: () => void } {
  const lines: LogLine[] = [];
  const { stdout } = process;
  const write = stdout.write;
  stdout.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
    if (typeof chunk !== "string" || !chunk.startsWith('{"level":')) return write.call(stdout, chunk, ...rest);
    lines.push(JSON.parse(chunk));
    return true;
  }) as typeof stdout.write;
  return {
    lines,
    release() {
      stdout.write = write;
    },
  };
}
