import { renameSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { quoteNodeOption } from '../../../src/adopt/environment.js';
import { openStage, type Stage } from './node-child.js';

let stage: Stage;
beforeAll(async () => void (stage = await openStage()));
afterAll(() => stage.close());

const both = `show('https', await request('https://api.example.com/')); show('fetch', await fetched('https://api.example.com/'));`;
const answers = { https: 'hello api.example.com', fetch: 'hello api.example.com' };

describe('the preload', () => {
  it('works together with NODE_USE_ENV_PROXY, where Node knows it', async () => {
    expect(await stage.run(both, { NODE_USE_ENV_PROXY: '1', HTTP_PROXY: stage.proxy.url })).toEqual(answers);
  });

  it('works beside other options of NODE_OPTIONS', async () => {
    const NODE_OPTIONS = `--max-old-space-size=200 --no-warnings --require=${quoteNodeOption(stage.preload)}`;
    expect(await stage.run(both, { NODE_OPTIONS })).toEqual(answers);
  });

  it('is inherited by processes that the child starts', async () => {
    const script = `import { execFileSync } from 'node:child_process';
      show('text', execFileSync(process.execPath, ['-e', "require('https').get('https://api.example.com/', (r) => r.pipe(process.stdout))"]).toString());`;
    expect(await stage.run(script)).toEqual({ text: 'hello api.example.com' });
  });

  it('keeps the process from starting where it is gone, instead of letting it go direct', async () => {
    renameSync(stage.preload, `${stage.preload}.away`);
    await expect(stage.run(both)).rejects.toThrow('MODULE_NOT_FOUND');
    renameSync(`${stage.preload}.away`, stage.preload);
  });

  it('says nothing on standard error', async () => {
    const script = `import { spawnSync } from 'node:child_process'; const { stderr } = spawnSync(process.execPath, ['-e', 'fetch("https://api.example.com/")'], { env: { ...process.env, NODE_USE_ENV_PROXY: '1' } }); show('stderr', stderr.toString());`;
    expect(await stage.run(script)).toEqual({ stderr: '' });
  });
});
