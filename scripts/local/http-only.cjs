"use strict";

/**
 * A Serverless plugin for `serverless offline` alone: with SEASONGATE_HTTP_ONLY set, it answers requests and runs nothing by itself,
 * neither on a schedule nor from a stream. The rehearsal does both, by its own clock.
 */
module.exports = class HttpOnly {
  constructor(serverless) {
    const drop = () => {
      if (!process.env.SEASONGATE_HTTP_ONLY) return;
      for (const each of Object.values(serverless.service.functions))
        each.events = (each.events ?? []).filter(({ stream, schedule }) => stream === undefined && schedule === undefined);
    };
    this.hooks = { "before:offline:start:init": drop, "before:offline:start": drop };
  }
};
