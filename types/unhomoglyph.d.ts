/** Replaces each character by the one it looks like, after Unicode's confusables.txt (UTS 39). The package brings no types. */
declare module "unhomoglyph" {
  const unhomoglyph: (text: string) => string;
  export default unhomoglyph;
}
