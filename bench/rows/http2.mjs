import { streamLoop } from '../load/streams.mjs';

const load = { sessions: 4, streams: 8 };

/** HTTP/2 on both sides: 32 requests under way on 4 connections. A peer that speaks it on one side only, or not at all, is left out. */
export const http2 = streamRow('http2', 'h2', 'HTTP/2', 'request');

/** Unary gRPC calls with a 100-byte message, answered by the 700-byte document and trailers. */
export const grpc = streamRow('grpc', 'grpc', 'gRPC unary', 'call');

/** `name` is that of the requests it sends, too. */
function streamRow(name, key, title, unit) {
  const short = title.split(' ', 1)[0];
  return {
    name,
    without: ['squid', 'bare'],
    metrics: [
      { key: `${key}_rate`, title: `${title} ${unit}s per second, 4 connections with 8 streams each`, digits: 0 },
      { key: `${key}_cpu`, title: `${short}: CPU µs for each ${unit}`, digits: 1 },
    ],
    async measure({ target, requests, cpu, options }) {
      const before = cpu();
      const { done, errors, seconds } = await streamLoop(target, requests[name], { ...load, seconds: options.seconds });
      const values = { [`${key}_rate`]: done / seconds, [`${key}_cpu`]: (cpu() - before) / 1e3 / done };
      return { values, errors, done };
    },
  };
}
