import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { api, get, ok, startWorld, type World } from './world.js';

let world: World;

beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('an alarm', () => {
  it.each([
    ['in a header', () => `HTTP/1.1 200 OK\r\nX-Echo: ${world.secret}\r\nContent-Length: 2\r\n\r\nok`],
    ['in a body', () => `HTTP/1.1 200 OK\r\nContent-Length: ${world.secret.length + 2}\r\n\r\n${world.secret}ok`],
    ['in an answer that breaks', () => `HTTP/1.1 200 OK\r\nX-Echo: ${world.secret}\r\nContent-Length: x\r\n\r\nok`],
  ])('is raised by an echo %s, and tells where and how often, never what', async (where, answer) => {
    world.reset(answer);
    const before = world.proxy.alarms.length;
    await world.inside(get());
    const raised = world.proxy.alarms.slice(before);
    if (where !== 'in an answer that breaks') {
      expect(raised).toMatchObject([{ kind: 'credential_echoed', host: api, client: 'desk', occurrences: 1 }]);
    }
    expect(world.leaks(JSON.stringify(raised))).toEqual([]);
  });

  it('is raised by a placeholder on its way to where it does not belong', async () => {
    world.reset();
    const before = world.proxy.alarms.length;
    await world.inside(get(`/?a=${world.placeholder}`));
    expect(world.proxy.alarms.slice(before)).toMatchObject([{ kind: 'placeholder_misplaced', host: api }]);
  });

  it('is not raised by an ordinary answer', async () => {
    world.reset(() => ok);
    const before = world.proxy.alarms.length;
    await world.inside(get());
    expect(world.proxy.alarms).toHaveLength(before);
  });
});
