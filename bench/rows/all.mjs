import { abandoned } from './abandoned.mjs';
import { compressed } from './compressed.mjs';
import { connect } from './connect.mjs';
import { download } from './download.mjs';
import { grpc, http2 } from './http2.mjs';
import { keepAlive } from './keep-alive.mjs';
import { latency } from './latency.mjs';
import { memoryBusy } from './memory-busy.mjs';
import { memoryIdle } from './memory-idle.mjs';
import { memoryStream } from './memory-stream.mjs';
import { offered, offeredMore } from './offered.mjs';
import { websocket } from './websocket.mjs';

/** In the order they are run and shown: memory after load, the crowds last. */
export const allRows = [
  keepAlive,
  offered,
  offeredMore,
  connect,
  latency,
  http2,
  grpc,
  websocket,
  download,
  compressed,
  memoryStream,
  memoryBusy,
  memoryIdle,
  abandoned,
];
