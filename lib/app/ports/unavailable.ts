/** The store did not answer in time, or said to come back later. Nothing is known to have changed. */
export class Unavailable extends Error {
  constructor(cause?: unknown) {
    super("the store is unavailable", { cause });
    this.name = "Unavailable";
  }
}
