import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** Reads audit files as they grow, and keeps count: one `use` or one `refused` for an id, at most one `end`, and never an end alone. */
export class AuditTally {
  readonly #folder: string;
  readonly #offsets = new Map<string, number>();
  readonly #rests = new Map<string, string>();
  /** What has been seen of each id that may still get a record. */
  readonly #open = new Set<string>();
  readonly #done = new Set<string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What was wrong with the records since the last call. */
  read(): string[] {
    return readdirSync(this.#folder)
      .filter((name) => name.endsWith('.jsonl'))
      .flatMap((name) =>
        this.#linesOf(name).flatMap((line) => this.#count(JSON.parse(line) as { kind: string; id?: string })),
      );
  }

  #linesOf(name: string): string[] {
    const file = openSync(join(this.#folder, name), 'r');
    try {
      const offset = this.#offsets.get(name) ?? 0;
      const bytes = Buffer.alloc(fstatSync(file).size - offset);
      readSync(file, bytes, 0, bytes.length, offset);
      this.#offsets.set(name, offset + bytes.length);
      const lines = `${this.#rests.get(name) ?? ''}${bytes.toString('utf8')}`.split('\n');
      this.#rests.set(name, lines.pop() ?? '');
      return lines;
    } finally {
      closeSync(file);
    }
  }

  #count({ kind, id }: { kind: string; id?: string }): string[] {
    if (id === undefined || !['use', 'end', 'refused'].includes(kind)) return [];
    if (this.#done.has(id)) return [`a record ${kind} for ${id}, which had ended`];
    const open = this.#open.has(id);
    if (kind === 'use') {
      this.#open.add(id);
      return open ? [`two records of use for ${id}`] : [];
    }
    this.#open.delete(id);
    this.#done.add(id);
    if (kind === 'refused') return open ? [`a use and a refusal for ${id}`] : [];
    return open ? [] : [`an end without a use for ${id}`];
  }
}
