import { membersOf } from '../answer.js';
import type { FetchContext } from '../index.js';
import { VaultFailure } from './failure.js';
import { encoded } from './path.js';
import type { VaultSession } from './session.js';

/** What is mounted where, as far as it matters to how it is read. */
export interface Mount {
  /** Without the slash at its end. */
  readonly path: string;
  readonly engine: 'kv1' | 'kv2' | 'other';
}

/** Which engine is behind a path. What was found out is kept; an engine that is replaced by another shows as 404. */
export class Mounts {
  readonly #session: VaultSession;
  readonly #known = new Map<string, Mount>();

  constructor(session: VaultSession) {
    this.#session = session;
  }

  /** The mount of a path; undefined where Vault does not say, as with a token that has no right below it. */
  async of(path: string, context: FetchContext): Promise<Mount | undefined> {
    const known = [...this.#known.values()].find((mount) => isBelow(path, mount.path));
    if (known !== undefined) return known;
    const asked = `sys/internal/ui/mounts/${encoded(path)}`;
    const { client } = context.caller;
    const { answered } = await this.#session.ask({ method: 'GET', path: asked, client }, context);
    // Not allowed, or not known to this server: the reading itself shows what there is.
    if (answered.status === 403 || answered.status === 404 || answered.status === 400) return undefined;
    if (!answered.isSuccess) throw this.#session.failure(answered, asked);
    const mount = mountIn(membersOf(answered.members['data']) ?? {});
    if (mount === undefined || !isBelow(path, mount.path)) {
      throw new VaultFailure(`the answer about ${asked} names no mount of it`, 'down');
    }
    this.#known.set(mount.path, mount);
    return mount;
  }

  forget({ path }: Mount): void {
    this.#known.delete(path);
  }
}

function mountIn({ path, type, options }: Readonly<Record<string, unknown>>): Mount | undefined {
  if (typeof path !== 'string') return undefined;
  // What KV was called before it had versions.
  const isKv = type === 'kv' || type === 'generic';
  const engine = !isKv ? 'other' : membersOf(options)?.['version'] === '2' ? 'kv2' : 'kv1';
  return { path: path.replace(/\/$/, ''), engine };
}

function isBelow(path: string, mount: string): boolean {
  return mount !== '' && path.startsWith(`${mount}/`);
}
