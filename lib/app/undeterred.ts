/**
 * Does the work for each thing in turn, whatever becomes of those before it; `failed` is told of each that could not be done.
 * @throws the first error, when all have been tried.
 */
export async function undeterred<T, R>(
  things: Iterable<T>,
  work: (thing: T) => Promise<R>,
  failed: (thing: T, error: unknown) => void,
): Promise<R[]> {
  const done: R[] = [];
  const errors: unknown[] = [];
  for (const thing of things)
    try {
      done.push(await work(thing));
    } catch (error) {
      failed(thing, error);
      errors.push(error);
    }
  if (errors.length > 0) throw errors[0];
  return done;
}
