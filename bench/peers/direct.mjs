/** No proxy at all: what load generator and destination can do between them. */
export const direct = {
  name: 'direct',
  title: 'direct',
  clientHoldsCredential: true,
  unavailable: () => null,
  version: () => `Node ${process.version}`,
  start: ({ materials }) => Promise.resolve({ started: null, port: null, readyMs: null, trust: materials.origin.pem }),
};
