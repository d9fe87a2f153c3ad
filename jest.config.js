/** Tests are ES modules; types are checked by `npm run types`, so they are only taken out here. */
export default {
  testEnvironment: '<rootDir>/test/support/environment.mjs',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  // Other people's programs, which take minutes: `npm run interop`.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/test/interop/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': '<rootDir>/test/support/typescript-transform.mjs' },
  testSequencer: '<rootDir>/test/support/longest-first.mjs',
  testTimeout: 20_000,
  // Twice the cores of the smallest machine that runs them: a third of their time is spent waiting, for other processes and for timeouts.
  maxWorkers: 4,
  collectCoverageFrom: ['src/**/*.ts'],
};
