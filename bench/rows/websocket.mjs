import { messageLoop } from '../load/messages.mjs';

/** The document as one text frame: 4 bytes of head. */
const answerBytes = 4 + 700;

/** 32 WebSockets whose handshake carried the credential: a message of 200 bytes, answered by one of 700, searched on its way. */
export const websocket = {
  name: 'websocket',
  without: ['squid', 'bare'],
  metrics: [
    { key: 'ws_rate', title: 'WebSocket messages answered per second, 32 connections', digits: 0 },
    { key: 'ws_cpu', title: 'WebSocket: CPU µs for each message and its answer', digits: 1 },
  ],
  async measure({ target, requests, cpu, options }) {
    const before = cpu();
    const { done, errors, seconds } = await messageLoop(target, requests.socket, answerBytes, 32, options.seconds);
    return { values: { ws_rate: done / seconds, ws_cpu: (cpu() - before) / 1e3 / done }, errors, done };
  },
};
