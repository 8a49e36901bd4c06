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
  // Two at a time, begun anew when they have grown: modules of a finished test file are not all given back.
  maxWorkers: 2,
  workerIdleMemoryLimit: "1GB",
  // Such a connection may outlive its test; the run is over when the tests are.
  forceExit: true,
  projects: [project("unit"), project("store", withDatabase), project("http", withDatabase), project("e2e"), project("shape")],
};
