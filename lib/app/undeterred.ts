/**
 * Does the work for each thing, `atOnce` of them at a time, whatever becomes of the others; `failed` is told of each that could not be
 * done. @returns what came of the others, as it came. @throws the first error, when all have been tried.
 */
export async function undeterred<T, R>(
  things: Iterable<T>,
  work: (thing: T) => Promise<R>,
  failed: (thing: T, error: unknown) => void,
  atOnce = 1,
): Promise<R[]> {
  const done: R[] = [];
  const errors: unknown[] = [];
  const waiting = [...things].reverse();
  const workOff = async () => {
    while (waiting.length > 0) {
      const thing = waiting.pop() as T;
      try {
        done.push(await work(thing));
      } catch (error) {
        failed(thing, error);
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, workOff));
  if (errors.length > 0) throw errors[0];
  return done;
}
