import { exchanger, openTls } from './wire.mjs';

/**
 * `connections` keep-alive connections, each sending its next request as soon as the last one is answered, for `seconds`.
 * Returns { done, errors, seconds }; a connection that ends is opened again, to a limit.
 */
export async function closedLoop(target, request, connections, seconds) {
  const count = { done: 0, errors: 0 };
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(Array.from({ length: connections }, () => lane(target, request, end, count)));
  return { ...count, seconds: (performance.now() - start) / 1000 };
}

async function lane(target, request, end, count) {
  for (let attempt = 0; attempt < 20 && performance.now() < end; attempt += 1) {
    try {
      await keepSending(await openTls(target), request, end, count);
      return;
    } catch {
      // Whatever went wrong is an error of the peer under test, and is counted as such.
      count.errors += 1;
    }
  }
}

function keepSending(socket, request, end, count) {
  return new Promise((resolve, reject) => {
    const send = exchanger(
      socket,
      (status) => {
        if (status === 200) count.done += 1;
        else count.errors += 1;
        if (performance.now() < end) send(request);
        else {
          resolve();
          socket.destroy();
        }
      },
      reject,
    );
    send(request);
  });
}
