/** What is stored is not what we write: our bug, or somebody's hand. It is left out of what is served, and never guessed at. */
export class Unreadable extends Error {
  constructor(cause: unknown) {
    super("a stored thing cannot be read", { cause });
    this.name = "Unreadable";
  }
}
