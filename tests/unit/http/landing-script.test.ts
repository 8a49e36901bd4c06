import { describe, expect, test } from "@jest/globals";
import { LANDING_SCRIPT } from "../../../lib/http/landing-script.ts";

type Listener = () => void;
interface Target {
  addEventListener(name: string, listener: Listener): void;
  fire(name: string): void;
}

function target(): Target {
  const listeners: [string, Listener][] = [];
  return {
    addEventListener: (name, listener) => listeners.push([name, listener]),
    fire: (name) => {
      for (const [each, listener] of listeners) if (each === name) listener();
    },
  };
}

interface Setting {
  /** Null where there is no way into an app. */
  readonly by?: "scheme" | "intent" | "universal-link" | null;
  readonly hasWeb?: boolean;
  /** A browser whose beacon takes nothing of this type. */
  readonly beacon?: "sent" | "refused" | "throws";
}

/** A browser with the page open: a clock, what may come in front of it, and what it was told. */
function browser({ by = "scheme", hasWeb = true, beacon = "sent" }: Setting = {}) {
  let now = 1_000_000;
  let timers: { readonly id: number; readonly at: number; readonly run: Listener }[] = [];
  let ids = 0;
  const told: { readonly address: string; readonly outcome: string; readonly link: string | null; readonly via: "beacon" | "fetch" }[] = [];
  const went: string[] = [];
  const link = (href: string, data: Readonly<Record<string, string>> = {}) => ({
    ...target(),
    href,
    getAttribute: (name: string) => data[name] ?? null,
  });
  const app = by === null ? null : link("tmall://page.tm/shop?shopId=1", { "data-by": by, "data-link": "tmall-app" });
  const web = hasWeb ? link("https://shop.example/1") : null;
  const other = link("?lang=en");
  const document = {
    ...target(),
    visibilityState: "visible",
    getElementById: (id: string) => ({ app, web, other })[id as "app"] ?? null,
  };
  const window = target();
  const heard = (via: "beacon" | "fetch", address: string, body: string) => {
    told.push({ address, ...JSON.parse(body), via });
    return true;
  };
  class Blob {
    readonly text: string;
    readonly type: string;
    constructor([text = ""]: readonly string[], { type }: { readonly type: string }) {
      this.text = text;
      this.type = type;
    }
  }
  const navigator = {
    sendBeacon: (address: string, { text, type }: Blob) => {
      expect(type).toBe("application/json");
      if (beacon === "throws") throw new Error("SecurityError");
      return beacon === "sent" && heard("beacon", address, text);
    },
  };
  const fetch = (address: string, { method, body, headers, keepalive }: Record<string, never>) => {
    expect({ method, headers, keepalive }).toEqual({ method: "POST", headers: { "content-type": "application/json" }, keepalive: true });
    heard("fetch", address, body ?? "");
  };
  const world = {
    window,
    document,
    navigator,
    location: { pathname: "/go/t.o-k_en", assign: (href: string) => went.push(href) },
    fetch,
    Blob,
    Date: { now: () => now },
    setTimeout: (run: Listener, wait: number) => {
      timers.push({ id: ++ids, at: now + wait, run });
      return ids;
    },
    clearTimeout: (id: number) => {
      timers = timers.filter((timer) => timer.id !== id);
    },
  };
  new Function(...Object.keys(world), LANDING_SCRIPT)(...Object.values(world));

  /** Timers that are due run; while something else is in front none do. */
  const run = () => {
    const due = timers.filter(({ at }) => at <= now);
    timers = timers.filter(({ at }) => at > now);
    for (const timer of due) timer.run();
  };
  const see = (state: "visible" | "hidden") => {
    document.visibilityState = state;
    document.fire("visibilitychange");
  };
  return {
    told,
    went,
    tapApp: () => app?.fire("click"),
    tapWeb: () => web?.fire("click"),
    tapOther: () => other.fire("click"),
    wait: (ms: number) => {
      now += ms;
      run();
    },
    /** Nothing runs, and nothing is told of it. */
    freeze: (ms: number) => {
      now += ms;
    },
    thaw: run,
    hide: () => see("hidden"),
    show: () => see("visible"),
    leave: () => {
      window.fire("pagehide");
      see("hidden");
    },
  };
}

const outcomes = ({ told }: ReturnType<typeof browser>) => told.map(({ outcome }) => outcome);

describe("the page before an app", () => {
  test("does nothing by itself, however long it is looked at", () => {
    const page = browser();
    page.wait(60_000);
    expect([page.told, page.went]).toEqual([[], []]);
  });

  test("tells that the app opened when it comes in front after a tap, and goes nowhere when it is seen again", () => {
    const page = browser();
    page.tapApp();
    page.wait(300);
    page.hide();
    page.wait(2_300);
    page.show();
    page.wait(60_000);
    expect(page.told).toEqual([{ address: "/go/t.o-k_en/outcome", outcome: "opened-app", link: "tmall-app", via: "beacon" }]);
    expect(page.went).toEqual([]);
  });

  test("goes to the web page when it is still seen two and a half seconds after a tap, and not before", () => {
    const page = browser();
    page.tapApp();
    page.wait(2_499);
    expect([page.told, page.went]).toEqual([[], []]);
    page.wait(1);
    expect([outcomes(page), page.went]).toEqual([["fell-to-web"], ["https://shop.example/1"]]);
  });

  test("does not go to the web page while something else is in front, also when nothing said so", () => {
    const page = browser();
    page.tapApp();
    page.freeze(30_000);
    page.thaw();
    expect([outcomes(page), page.went]).toEqual([["opened-app"], []]);
  });

  test("takes a timer that is a little late on a busy phone for what it is", () => {
    const page = browser();
    page.tapApp();
    page.freeze(4_000);
    page.thaw();
    expect([outcomes(page), page.went]).toEqual([["fell-to-web"], ["https://shop.example/1"]]);
  });

  test("waits anew from the last of several taps", () => {
    const page = browser();
    page.tapApp();
    page.wait(2_000);
    page.tapApp();
    page.wait(2_000);
    expect(page.went).toEqual([]);
    page.wait(500);
    expect([outcomes(page), page.went]).toEqual([["fell-to-web"], ["https://shop.example/1"]]);
  });

  test("opens again on another tap after the app was there, and tells the first outcome alone", () => {
    const page = browser();
    page.tapApp();
    page.hide();
    page.show();
    page.tapApp();
    page.wait(2_500);
    expect([outcomes(page), page.went]).toEqual([["opened-app"], ["https://shop.example/1"]]);
  });

  test("is not taken for opened when it is hidden before any tap", () => {
    const page = browser();
    page.hide();
    page.show();
    expect(page.told).toEqual([]);
  });

  test("tells of a tap on the link to the web page, and leaves going there to the link", () => {
    const page = browser();
    page.tapWeb();
    page.leave();
    expect([outcomes(page), page.went]).toEqual([["fell-to-web"], []]);
  });

  test("tells that the viewer was lost when it is left without a tap", () => {
    const page = browser();
    page.wait(5_000);
    page.leave();
    expect(outcomes(page)).toEqual(["lost"]);
  });

  test("tells nothing when it is left for its other language", () => {
    const page = browser();
    page.tapOther();
    page.leave();
    expect(page.told).toEqual([]);
  });

  test.each([
    ["scheme", "lost"],
    ["intent", "fell-to-web"],
    ["universal-link", "fell-to-web"],
  ] as const)("by %s, left for another page after a tap, is %s: what is no scheme leads to the web by itself", (by, outcome) => {
    const page = browser({ by });
    page.tapApp();
    page.wait(200);
    page.leave();
    page.wait(5_000);
    expect([outcomes(page), page.went]).toEqual([[outcome], []]);
  });

  test("without a web page tells that the viewer was lost, and stays", () => {
    const page = browser({ hasWeb: false });
    page.tapApp();
    page.wait(2_500);
    expect([outcomes(page), page.went]).toEqual([["lost"], []]);
  });

  test("without an app has the way to the web alone", () => {
    const page = browser({ by: null });
    page.wait(5_000);
    page.tapWeb();
    expect(page.told).toEqual([{ address: "/go/t.o-k_en/outcome", outcome: "fell-to-web", link: null, via: "beacon" }]);
  });

  test.each(["refused", "throws"] as const)("tells it another way where a beacon is %s", (beacon) => {
    const page = browser({ beacon });
    page.tapApp();
    page.hide();
    expect(page.told).toEqual([{ address: "/go/t.o-k_en/outcome", outcome: "opened-app", link: "tmall-app", via: "fetch" }]);
  });
});

test("old browsers read it: nothing of it is newer than ES5", () => {
  expect(LANDING_SCRIPT).not.toMatch(/=>|`|\b(?:let|const|class|async|await)\b|\?\.|\?\?|\.\.\./);
});
