import all from '../../jest.config.js';

/** Other people's programs, which `npm test` leaves out. */
export default {
  ...all,
  rootDir: '../..',
  roots: ['<rootDir>/test/interop'],
  testPathIgnorePatterns: ['/node_modules/'],
};
