import { exchanger, openTls } from './wire.mjs';

/** One connection, one request after the other, for `seconds`. Returns { millis: each request's time, errors }. */
export async function sequential(target, request, seconds) {
  const socket = await openTls(target);
  const millis = [];
  let errors = 0;
  await new Promise((resolve, reject) => {
    const end = performance.now() + seconds * 1000;
    let sent = performance.now();
    const send = exchanger(
      socket,
      (status) => {
        const now = performance.now();
        if (status === 200) millis.push(now - sent);
        else errors += 1;
        sent = performance.now();
        if (now < end) send(request);
        else resolve();
      },
      reject,
    );
    send(request);
  });
  socket.destroy();
  return { millis, errors };
}
