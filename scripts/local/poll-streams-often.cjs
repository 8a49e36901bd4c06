"use strict";

const READ_INTERVAL_MS = 50;

/**
 * A Serverless plugin for `serverless offline` alone: hands stream records over after about 0.1 s instead of 0.75 s.
 * serverless-offline-dynamodb-streams documents `custom.….readInterval` but reads it from each stream event, where the framework's
 * schema refuses it; so it is put there after the schema has been checked.
 */
module.exports = class PollStreamsOften {
  constructor(serverless) {
    const poll = () => {
      const events = Object.values(serverless.service.functions).flatMap(({ events = [] }) => events);
      for (const { stream } of events) if (typeof stream === "object") stream.readInterval = READ_INTERVAL_MS;
    };
    this.hooks = { "before:offline:start:init": poll, "before:offline:start": poll };
  }
};
