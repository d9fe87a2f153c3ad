import { once, openTcp, openTls } from './wire.mjs';

/** Opens `size` connections, `lanes` at a time, each used for one request and then left idle. Returns { open, errors }. */
export async function openIdle(target, request, size, lanes = 20) {
  const count = { open: 0, errors: 0 };
  count.errors = await inLanes(size, lanes, async () => {
    const socket = await openTls(target);
    if ((await once(socket, request)) !== 200) throw new Error('the credential did not arrive');
    count.open += 1;
  });
  return count;
}

/**
 * `size` CONNECTs that are answered and then left without a handshake; `held` of them stand at a time, then all are closed.
 * Returns { errors }.
 */
export async function abandon(target, size, held = 500) {
  let errors = 0;
  for (let left = size; left > 0; left -= held) {
    const standing = [];
    errors += await inLanes(Math.min(held, left), 50, async () => standing.push(await openTcp(target)));
    for (const socket of standing) socket.destroy();
  }
  return { errors };
}

/** Runs `work` `size` times, `lanes` at a time; how many failed. */
async function inLanes(size, lanes, work) {
  let started = 0;
  let errors = 0;
  const lane = async () => {
    while (started < size) {
      started += 1;
      try {
        await work();
      } catch {
        // Whatever went wrong is an error of the peer under test, and is counted as such.
        errors += 1;
      }
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
  return errors;
}
