/**
 * What the page before an app does, as a browser runs it; old ones too, so nothing of after ES5. A tap on the button opens the app, which
 * the link does by itself. Only then, and only if the page is still seen a while later, the web page is taken: never by a timer alone,
 * never once the app has come in front. What came of it is told once (tests/unit/http/landing-script.test.ts).
 */
export const LANDING_SCRIPT = `(function () {
  "use strict";
  /** How long an app may take to come in front, and by how much a timer may be late on a page that was seen all along. */
  var WAIT = 2500, LATE = 1500;
  var app = document.getElementById("app");
  var web = document.getElementById("web");
  var tappedAt = null, timer = null, isTold = false;

  function tell(outcome) {
    if (isTold) return;
    isTold = true;
    var address = location.pathname + "/outcome";
    var body = JSON.stringify({ outcome: outcome, link: app ? app.getAttribute("data-link") : null });
    // Some browsers refuse a beacon of this type.
    try {
      if (navigator.sendBeacon(address, new Blob([body], { type: "application/json" }))) return;
    } catch (error) {}
    try {
      fetch(address, { method: "POST", body: body, headers: { "content-type": "application/json" }, keepalive: true });
    } catch (error) {}
  }

  function isWaiting() {
    return tappedAt !== null;
  }

  function end(outcome) {
    clearTimeout(timer);
    tappedAt = null;
    tell(outcome);
  }

  function fall() {
    if (!isWaiting() || document.visibilityState !== "visible") return;
    // A timer that is this late was held back while something else was in front.
    if (Date.now() - tappedAt > WAIT + LATE) return end("opened-app");
    end(web ? "fell-to-web" : "lost");
    if (web) location.assign(web.href);
  }

  if (app)
    app.addEventListener("click", function () {
      clearTimeout(timer);
      tappedAt = Date.now();
      timer = setTimeout(fall, WAIT);
    });
  if (web)
    web.addEventListener("click", function () {
      end("fell-to-web");
    });
  document.getElementById("other").addEventListener("click", function () {
    isTold = true;
  });
  document.addEventListener("visibilitychange", function () {
    if (document.visibilityState === "hidden" && isWaiting()) end("opened-app");
  });
  // Comes before the page is hidden when it is left for another, and not at all when an app comes in front.
  window.addEventListener("pagehide", function () {
    end(isWaiting() && app.getAttribute("data-by") !== "scheme" ? "fell-to-web" : "lost");
  });
})();`;
