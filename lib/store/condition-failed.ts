/** What conditions said no to: the position of the first such write in its transaction, and the items found by all of them. */
export class ConditionFailed extends Error {
  readonly index: number;
  readonly found: readonly Readonly<Record<string, unknown>>[];

  constructor(index: number, found: readonly Readonly<Record<string, unknown>>[]) {
    super(`condition failed on write ${index}`);
    this.name = "ConditionFailed";
    this.index = index;
    this.found = found;
  }
}
