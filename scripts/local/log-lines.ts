/**
 * Takes the functions' log lines off standard output, where they would drown what a person is to read, and hands each to
 * `take` as it was written. Everything else passes. @returns what gives standard output back.
 */
export function captureLog(take: (line: string) => void): () => void {
  const { stdout } = process;
  const write = stdout.write;
  stdout.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
    if (typeof chunk !== "string" || !chunk.startsWith('{"level":')) return write.call(stdout, chunk, ...rest);
    take(chunk);
    return true;
  }) as typeof stdout.write;
  return () => {
    stdout.write = write;
  };
}
