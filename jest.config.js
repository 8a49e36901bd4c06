const project = (displayName, setup = {}) => ({
  displayName,
  testMatch: [`<rootDir>/tests/${displayName}/**/*.test.ts`],
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  // Node strips the types itself.
  transform: {},
  ...setup,
});

/** Suites from cheap to dear: pure rules, stores, handlers, the running stack, and the shape of the repository itself. */
export default {
  projects: [project("unit"), project("store"), project("http"), project("e2e"), project("shape")],
  globalSetup: "<rootDir>/tests/support/global-setup.ts",
  globalTeardown: "<rootDir>/tests/support/global-teardown.ts",
};
