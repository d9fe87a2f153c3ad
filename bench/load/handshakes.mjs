import { once, openTls } from './wire.mjs';

/** `lanes` at a time: CONNECT, TLS, one request, close; for `seconds`. Returns { done, errors, seconds }. */
export async function handshakes(target, request, lanes, seconds) {
  const count = { done: 0, errors: 0 };
  const start = performance.now();
  const end = start + seconds * 1000;
  const lane = async () => {
    while (performance.now() < end) {
      try {
        const socket = await openTls(target);
        const status = await once(socket, request);
        if (status === 200) count.done += 1;
        else count.errors += 1;
        socket.destroy();
      } catch {
        // Whatever went wrong is an error of the peer under test, and is counted as such.
        count.errors += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return { ...count, seconds: (performance.now() - start) / 1000 };
}
