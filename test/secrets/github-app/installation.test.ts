import { afterEach, describe, expect, it } from '@jest/globals';
import { acme, make, paths, start, stop, valueOf, why } from './under-test.js';

afterEach(stop);

describe('the installation of an app', () => {
  it('is found by an organisation, a user or a repository, and remembered', async () => {
    const { server: at } = await start([
      acme({
        installations: [
          ...acme().installations,
          {
            ...acme().installations[0]!,
            id: 9,
            account: 'mona',
            type: 'User',
            repositories: [{ id: 5, name: 'mona/x' }],
          },
        ],
      }),
    ]);
    const source = make(at, { owner: 'acme' });
    await valueOf(source);
    await valueOf(source);
    await valueOf(make(at, { owner: 'mona' }));
    await valueOf(make(at, { repositories: ['mona/x'] }));
    expect(paths(at)).toEqual([
      'GET /orgs/acme/installation',
      'POST /app/installations/7/access_tokens',
      'POST /app/installations/7/access_tokens',
      'GET /orgs/mona/installation',
      'GET /users/mona/installation',
      'POST /app/installations/9/access_tokens',
      'GET /repos/mona/x/installation',
      'POST /app/installations/9/access_tokens',
    ]);
  });

  it('is looked for again once GitHub knows it no more', async () => {
    const app = acme();
    const { server: at } = await start([app]);
    const source = make(at);
    await valueOf(source);
    app.installations.splice(0, 1, { ...app.installations[0]!, id: 70 });
    expect(await why(source)).toMatch(/knows no such installation/);
    await valueOf(source);
    expect(paths(at).slice(-2)).toEqual([
      'GET /repos/acme/site/installation',
      'POST /app/installations/70/access_tokens',
    ]);
  });

  it('is not that of another account, whatever is answered', async () => {
    const { server: at, fake } = await start();
    for (const account of [{ login: 'mallory' }, null, undefined]) {
      fake.instead = ({ method }) => (method === 'GET' ? { status: 200, body: { id: 7, account } } : undefined);
      expect(await why(make(at))).toMatch(/installation of another account$/);
    }
    fake.instead = () => ({ status: 200, body: { id: '7/../8', account: { login: 'acme' } } });
    expect(await why(make(at))).toMatch(/without the id of an installation$/);
    expect(fake.tokens).toEqual([]);
  });
});
