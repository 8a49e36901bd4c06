/** What numbers below 2^31, which a machine writes fast, hold of base 36: five digits. */
const LOW = 36 ** 5;

/** A whole number that is not negative, to base 36. `Number.parseInt(text, 36)` reads it. */
export const base36 = (value: number): string =>
  value < LOW ? value.toString(36) : base36(Math.floor(value / LOW)) + (value % LOW).toString(36).padStart(5, "0");
