import { describe, expect, it } from '@jest/globals';
import { UsageError } from '../../src/core/usage-error.js';
import { createLog } from '../../src/telemetry/log.js';

function logged(level: string, act: (log: ReturnType<typeof createLog>) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  act(createLog({ level, destination: { write: (line) => void lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('the log', () => {
  it('refuses a level that there is not', () => {
    expect(() => createLog({ level: 'loud' })).toThrow(
      new UsageError('the log level is one of trace, debug, info, warn, error, silent.'),
    );
  });

  it('never writes the message of an error, which may repeat what somebody sent, nor of its cause', () => {
    const cause = Object.assign(new TypeError('cause: hunter2'), { code: 'ECONNRESET', extra: 'hunter2' });
    const error = new Error('token hunter2', { cause });
    const [line] = logged('info', (log) => {
      log.error({ err: error }, 'failed');
    });
    expect(JSON.stringify(line)).not.toContain('hunter2');
    expect(line).toMatchObject({ level: 'error', msg: 'failed', err: { name: 'Error' } });
    const [other] = logged('info', (log) => {
      log.error({ error: cause }, 'failed');
    });
    expect(other).toMatchObject({ error: { name: 'TypeError', code: 'ECONNRESET' } });
    const [bare] = logged('info', (log) => {
      log.error(error, 'failed');
    });
    expect(JSON.stringify(bare)).not.toContain('hunter2');
  });

  it('writes one JSON line with level, time and message, from its level on', () => {
    const lines = logged('warn', (log) => {
      log.info('quiet');
      log.warn({ host: 'a\nb' }, 'heard');
    });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ level: 'warn', host: 'a\nb', msg: 'heard' });
    expect(lines[0]?.['time']).toMatch(/^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{3}Z$/);
    expect(Object.keys(lines[0] ?? {}).sort()).toEqual(['host', 'level', 'msg', 'time']);
  });
});
