import type { Means } from "./destination.ts";

/** What addresses of a marketplace may begin with, exactly: `https://detail.tmall.com`, `tmall://page.tm`. `packages` are its Android apps'. */
export interface Approved {
  readonly origins: readonly string[];
  readonly packages: readonly string[];
}

/** Schemes that lead into no app of a marketplace's. */
const NO_APPS = ["http", "https", "javascript", "data", "file", "blob", "about", "intent", "content", "view-source"];

/**
 * Whether an address leads where it may, by this means: its scheme and host are exactly approved ones, with no user, password or port,
 * and it is written as whoever follows it will read it (reliability.md T7: one that a browser would rewrite is refused, not repaired).
 */
export function isApproved(address: string, by: Means, approved: Approved): boolean {
  if (!URL.canParse(address)) return false;
  const { href, protocol, host, username, password, hash } = new URL(address);
  if (href !== address || username !== "" || password !== "") return false;
  if (by === "intent") return protocol === "intent:" && isIntent(host, hash, approved);
  const isApp = by === "scheme" && !NO_APPS.includes(protocol.slice(0, -1));
  return (isApp || (by !== "scheme" && protocol === "https:")) && hash === "" && approved.origins.includes(`${protocol}//${host}`);
}

const INTENT = /^#Intent;scheme=([a-z][a-z0-9+.-]*);package=([A-Za-z0-9_.]+);S\.browser_fallback_url=([^;]+);end$/;

/** Names an approved app and an approved web page, and nothing else (developer.chrome.com/docs/android/intents). */
function isIntent(host: string, hash: string, approved: Approved): boolean {
  const [, scheme = "", app = "", fallback = ""] = INTENT.exec(hash) ?? [];
  return (
    !NO_APPS.includes(scheme) &&
    approved.origins.includes(`${scheme}://${host}`) &&
    approved.packages.includes(app) &&
    isApproved(decodeURIComponent(fallback), "web", approved)
  );
}
