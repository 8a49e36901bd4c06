/** How far apart cards are kept in one viewer's feed: among so many of the cards last shown none is alike. 0 keeps nothing apart. */
export interface Separation {
  readonly brand: number;
  readonly category: number;
}

/** A card that was shown, as far as the next ones are concerned. */
export interface Seen {
  readonly brand: string;
  readonly category: string;
}

/** So many of the last cards are told; no surface keeps farther apart. */
export const LONGEST_SESSION = 20;

/** A session, as feeds hand it back: the cards last shown, the latest first. Nothing of it is secret, and nothing of it is kept. */
export const SESSION = /^s1(?:\.\w{1,64}~[a-z0-9-]{1,64}){0,20}$/;

/** Of a scrolling that has just begun. */
export const NEW_SESSION = "s1";

/** The session with these shown on top of it, the latest last, no longer than so many. */
export function sessionAfter(session: string, shown: readonly Seen[], longest: number): string {
  let text = session.slice(NEW_SESSION.length);
  for (const { brand, category } of shown) text = `.${brand}~${category}${text}`;
  let end = 0;
  for (let count = 0; count < longest && end >= 0; count++) end = text.indexOf(".", end + 1);
  return NEW_SESSION + (end < 0 ? text : text.slice(0, end));
}

/** Whether a card is too like one of those last shown. Looked up in the text: mostly it is nowhere there, which is soon seen. */
export const isTooNear = ({ brand, category }: Seen, session: string, apart: Separation): boolean =>
  (session.includes(brand) && isWithin(apart.brand, session, session.indexOf(`.${brand}~`))) ||
  (session.includes(category) && isWithin(apart.category, session, `${session}.`.indexOf(`~${category}.`)));

/** Whether what stands at this place of the session is of one of the last so many cards. */
function isWithin(last: number, session: string, at: number): boolean {
  if (at < 0) return false;
  let back = 0;
  for (let dot = session.indexOf(".", NEW_SESSION.length + 1); dot >= 0 && dot <= at; dot = session.indexOf(".", dot + 1)) back++;
  return back < last;
}
