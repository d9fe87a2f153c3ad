import { exchanger, openTls } from './wire.mjs';

/**
 * `rate` requests per second offered evenly over `connections` keep-alive connections for `seconds`, whatever the peer makes
 * of it. A request that is due while every connection is busy is `late` and dropped, so that the offer never piles up.
 * `around(work)` is called with the loaded time, after all connections are up. Returns { done, errors, late }.
 */
export async function paced(target, request, { connections, rate, seconds }, around) {
  const count = { done: 0, errors: 0, late: 0 };
  const idle = [];
  await Promise.all(Array.from({ length: connections }, () => join(target, idle, count)));
  await around(() => offer(request, { rate, seconds }, idle, count));
  return { ...count };
}

async function join(target, idle, count) {
  const socket = await openTls(target);
  const send = exchanger(
    socket,
    (status) => {
      if (status === 200) count.done += 1;
      else count.errors += 1;
      idle.push(send);
    },
    () => {
      count.errors += 1;
    },
  );
  idle.push(send);
}

function offer(request, { rate, seconds }, idle, count) {
  return new Promise((resolve) => {
    const start = performance.now();
    let sent = 0;
    const tick = setInterval(() => {
      const passed = Math.min(performance.now() - start, seconds * 1000);
      for (const due = Math.floor((passed * rate) / 1000); sent < due; sent += 1) {
        const send = idle.shift();
        if (send === undefined) count.late += 1;
        else send(request);
      }
      if (passed < seconds * 1000) return;
      clearInterval(tick);
      // The last answers are still on their way.
      setTimeout(resolve, 100);
    }, 1);
  });
}
