/** Refreshes `count` times, says what came of each, and stays until it is killed where `stays` says so. */
import { whyUnavailable, fetchContext } from '../context.js';
import { makeOauth, sealedAll } from './make.js';

export interface ChildTask {
  readonly options: Readonly<Record<string, unknown>>;
  readonly folder: string;
  readonly secrets: Readonly<Record<string, string>>;
  readonly count: number;
  readonly stays?: boolean;
}

const { options, folder, secrets, count, stays } = JSON.parse(process.argv[2] ?? '') as ChildTask;
const { source, close } = makeOauth(options, { folder });
for (let i = 0; i < count; i += 1) {
  const fetched = source.fetch(fetchContext({ secrets: sealedAll(secrets), signal: AbortSignal.timeout(20_000) }));
  const what = await fetched.then(
    () => 'refreshed',
    () => whyUnavailable(fetched),
  );
  process.stdout.write(`${what}\n`);
}
if (stays === true) setInterval(() => undefined, 1000);
else await close();
