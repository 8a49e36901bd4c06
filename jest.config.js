const project = (displayName, setup = {}) => ({
  displayName,
  testMatch: [`<rootDir>/tests/${displayName}/**/*.test.ts`],
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  // Node strips the types itself.
  transform: {},
  ...setup,
});

/** One DynamoDB Local for all suites that need it; runs without such a suite start none. */
const withDatabase = {
  globalSetup: "<rootDir>/tests/support/global-setup.ts",
  globalTeardown: "<rootDir>/tests/support/global-teardown.ts",
};

/** Suites from cheap to dear: pure rules, stores, handlers, the running stack, and the shape of the repository itself. */
export default {
  // Most of the store's tests wait for time-outs; two at a time wait less, also on two cores.
  maxWorkers: 2,
  projects: [project("unit"), project("store", withDatabase), project("http", withDatabase), project("e2e"), project("shape")],
};
