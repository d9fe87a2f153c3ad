import { streamLoop } from '../load/streams.mjs';

const load = { sessions: 4, streams: 8 };

/** HTTP/2 on both sides: 32 requests under way on 4 connections. A peer that speaks it on one side only is left out. */
export const http2 = {
  name: 'http2',
  without: ['squid'],
  metrics: [
    { key: 'h2_rate', title: 'HTTP/2 requests per second, 4 connections with 8 streams each', digits: 0 },
    { key: 'h2_cpu', title: 'HTTP/2: CPU µs for each request', digits: 1 },
  ],
  async measure({ target, requests, cpu, options }) {
    const before = cpu();
    const { done, errors, seconds } = await streamLoop(target, requests.http2, { ...load, seconds: options.seconds });
    return { values: { h2_rate: done / seconds, h2_cpu: (cpu() - before) / 1e3 / done }, errors, done };
  },
};

/** Unary gRPC calls with a 100-byte message, answered by the 700-byte document and trailers. */
export const grpc = {
  name: 'grpc',
  without: ['squid'],
  metrics: [
    { key: 'grpc_rate', title: 'gRPC unary calls per second, 4 connections with 8 streams each', digits: 0 },
    { key: 'grpc_cpu', title: 'gRPC: CPU µs for each call', digits: 1 },
  ],
  async measure({ target, requests, cpu, options }) {
    const before = cpu();
    const { done, errors, seconds } = await streamLoop(target, requests.grpc, { ...load, seconds: options.seconds });
    return { values: { grpc_rate: done / seconds, grpc_cpu: (cpu() - before) / 1e3 / done }, errors, done };
  },
};
