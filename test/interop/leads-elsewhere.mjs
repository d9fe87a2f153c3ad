// Preloaded into Keywright itself: leads its own connections to a name that only the real world answers to (`STAND_IN_NAME`) to a local
// server. Nothing else of it is changed, and the name is what the server's certificate has to be for.
import tls from 'node:tls';
import { syncBuiltinESMExports } from 'node:module';

const { STAND_IN_NAME, STAND_IN_PORT } = process.env;
const { connect } = tls;
tls.connect = (options, ...rest) =>
  options?.host === STAND_IN_NAME || options?.hostname === STAND_IN_NAME
    ? connect({ ...options, host: '127.0.0.1', port: Number(STAND_IN_PORT) }, ...rest)
    : connect(options, ...rest);
syncBuiltinESMExports();
