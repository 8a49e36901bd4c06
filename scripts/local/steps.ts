/** Prints a line for each thing done, with the seconds since the start. */
export function steps(startedAt = performance.now()): (done: string) => void {
  return (done) => {
    const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
    console.log(`✔ ${done.padEnd(18)} ${seconds.padStart(5)} s`);
  };
}
