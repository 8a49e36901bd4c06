/** A name as people on both sides read it. */
export interface Names {
  readonly zh: string;
  readonly en: string;
}
