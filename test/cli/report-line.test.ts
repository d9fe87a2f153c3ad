import { describe, expect, it } from '@jest/globals';
import { alarmTeller, refusalTeller, type WayOut } from '../../src/cli/report-line.js';
import { Refusal } from '../../src/core/refusal.js';

const report = {
  id: '00000000-0000-4000-8000-000000000000',
  refusal: new Refusal('no_policy', { hint: 'No policy names this host.' }),
  client: 'run',
  method: 'GET',
  scheme: 'https',
  host: 'api.example.com',
  port: 443,
  path: '/a',
};

function told(...reports: (typeof report)[]): string {
  let text = '';
  const tell = refusalTeller((more) => (text += more));
  for (const one of reports) tell(one);
  return text;
}

describe('what the operator is told of a refusal', () => {
  it('is what, why, and the line that would allow it', () => {
    expect(told(report)).toBe(
      'keywright: refused GET https://api.example.com:443/a: No policy allows this request. (no_policy, request 00000000-0000-4000-8000-000000000000)\n' +
        'keywright:   No policy names this host.\n' +
        'keywright:   this line under `policies` would allow it:\n' +
        'keywright:   - { name: "allow-api.example.com", clients: ["run"], hosts: ["api.example.com"], methods: ["GET"], paths: ["/a"] }\n',
    );
  });

  it('is where that line belongs, or that none does', () => {
    const said = (way: WayOut): string => {
      let text = '';
      refusalTeller((more) => (text += more), way)(report);
      return text;
    };
    expect(said({ file: '/home/me/a\x1b.yaml' })).toMatch(
      /under `policies` in \/home\/me\/a[^\x1b]*\.yaml would allow it:\n/,
    );
    const text = said({ file: '/home/me/a.yaml', readOnly: true });
    expect(text).toContain('it was started with --read-only');
    expect(text).not.toContain('would allow');
  });

  it('has a line for any segment where one with a credential stood', () => {
    const text = told({ ...report, path: '/v1/bot[a credential]x/getMe' });
    expect(text).toContain('443/v1/bot[a credential]x/getMe: ');
    expect(text).toContain('paths: ["/v1/*/getMe"]');
    expect(told({ ...report, path: '/bot[a%20credential]/getMe' })).toContain('paths: ["/bot[a%20credential]/getMe"]');
  });

  it('has words in place of a path apart from the port', () => {
    expect(told({ ...report, path: '[holds a placeholder]' })).toContain('example.com:443 [holds a placeholder]: ');
  });

  it('comes once for each kind, and ends some time', () => {
    expect(told(report, report)).toBe(told(report));
    const many = Array.from({ length: 500 }, (_, at) => ({ ...report, path: `/${at}` }));
    expect(told(...many).match(/refused/g)).toHaveLength(50);
  });

  it('never moves the cursor of the terminal', () => {
    const text = told({ ...report, path: '/\x1b[2J\r\n\u202e"}', host: 'api.example.com' });
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(text).toContain('\\u001b[2J');
  });
});

describe('an alarm', () => {
  const alarm = { id: 'a', method: 'GET', host: 'api.example.com', port: 443, occurrences: 2 };

  it('is told once for each destination and kind, in words that say what was done', () => {
    let text = '';
    const tell = alarmTeller((more) => (text += more));
    for (const kind of ['credential_echoed', 'credential_echoed', 'placeholder_misplaced'] as const)
      tell({ ...alarm, kind });
    expect(text.match(/ALARM/g)).toHaveLength(2);
    expect(text).toMatch(/api\.example\.com:443: the destination answered with the credential/);
    // The head of a request may be out before the placeholder in its body comes.
    expect(text).not.toContain('nothing was sent');
  });

  it('moves no cursor', () => {
    let text = '';
    alarmTeller((more) => (text += more))({ ...alarm, host: 'a\u001b[2J', kind: 'credential_echoed' });
    expect(text).not.toContain('\u001b');
  });
});
