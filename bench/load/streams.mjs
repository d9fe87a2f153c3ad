import { connect } from 'node:http2';
import { openTls } from './wire.mjs';

/**
 * HTTP/2: `sessions` connections with `streams` requests under way on each, the next one as soon as one is answered, for `seconds`.
 * An answer counts where its status is 200 and, for gRPC, its trailers say that all is well. Returns { done, errors, seconds }.
 */
export async function streamLoop(target, { headers, body }, { sessions, streams, seconds }) {
  const count = { done: 0, errors: 0 };
  const opened = await Promise.all(Array.from({ length: sessions }, () => openSession(target)));
  const start = performance.now();
  const end = start + seconds * 1000;
  const lanes = opened.flatMap((session) =>
    Array.from({ length: streams }, async () => {
      while (performance.now() < end) {
        if (await asked(session, headers, body)) count.done += 1;
        else count.errors += 1;
        if (session.closed) return;
      }
    }),
  );
  await Promise.all(lanes);
  const took = (performance.now() - start) / 1000;
  for (const session of opened) session.destroy();
  return { ...count, seconds: took };
}

async function openSession(target) {
  const socket = await openTls(target, ['h2']);
  const session = connect(`https://${target.host}`, { createConnection: () => socket });
  session.on('error', () => undefined);
  return session;
}

function asked(session, headers, body) {
  return new Promise((resolve) => {
    if (session.closed) return void resolve(false);
    const stream = session.request(headers, { endStream: body === undefined });
    let status = 0;
    let grpc = '0';
    stream.on('error', () => undefined);
    stream.on('response', (answer) => (status = answer[':status']));
    stream.on('trailers', (trailers) => (grpc = trailers['grpc-status']));
    stream.on('close', () => resolve(status === 200 && grpc === '0' && stream.rstCode === 0));
    stream.resume();
    if (body !== undefined) stream.end(body);
  });
}
