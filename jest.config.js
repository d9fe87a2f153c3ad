/** Tests are ES modules; types are checked by `npm run types`, so each file is only transpiled here. */
export default {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['ts-jest', { useESM: true, diagnostics: false, tsconfig: 'tsconfig.json' }] },
  testTimeout: 20_000,
  maxWorkers: 2,
  collectCoverageFrom: ['src/**/*.ts'],
};
