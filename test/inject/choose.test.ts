import { describe, expect, it } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import { HeaderList } from '../../src/core/header-list.js';
import type { Target } from '../../src/core/message.js';
import { chooseInjections, chooseToken, type Leave } from '../../src/inject/choose.js';
import { clientCertificateSigner } from '../../src/inject/client-certificate.js';
import { headerPlace } from '../../src/inject/header.js';
import type { Mode } from '../../src/inject/index.js';
import { keyedPlaceholders } from '../../src/inject/placeholder.js';
import { headWith, somePlaceholders } from './credentials.js';

const placeholders = somePlaceholders();
const ours = placeholders.of('desk', 'github')!;
const make = (mode: Mode, secret = 'github') =>
  headerPlace.make({ name: 'authorization', template: `Bearer {${secret}}` }, { mode, placeholders });
const [set, substitute] = [make('set'), make('substitute')];
const target = (scheme: Target['scheme']): Target => ({
  scheme,
  authority: { host: 'api.example.com', port: 443, kind: 'name' },
});
const leave = (plan: Leave['plan'], more: Partial<Leave> = {}): Leave => ({
  plan,
  target: target('https'),
  unsafeCleartext: false,
  ...more,
});
const choose = (given: Leave, headers: readonly string[] = [], path = '/') =>
  chooseInjections(given, headWith(headers, path), { client: 'desk' }, placeholders);
const refused = (code: string): unknown => expect.objectContaining({ code });

describe('a credential that is not sent', () => {
  it('over http, unless the policy says so', () => {
    const clear = { target: target('http') };
    expect(() => choose(leave([set], clear))).toThrow(refused('cleartext_credential'));
    expect(choose(leave([set], { ...clear, unsafeCleartext: true }))).toEqual([set]);
    expect(() => choose(leave([substitute], clear), ['authorization', ours])).toThrow(refused('cleartext_credential'));
  });

  it('over http where it is a certificate, whatever the policy says: nothing would be shown', () => {
    const certificate = clientCertificateSigner.make({ secret: 'github' }, { mode: 'set', placeholders });
    const clear = { target: target('http'), unsafeCleartext: true };
    expect(() => choose(leave([set, certificate], clear))).toThrow(refused('cleartext_credential'));
    expect(choose(leave([set, certificate]))).toEqual([set, certificate]);
  });

  it('with a request over http that asks for none', () => {
    expect(choose(leave([substitute], { target: target('http') }))).toEqual([]);
  });

  it('for a page of another site, which never had it', () => {
    for (const headers of [
      ['sec-fetch-site', 'cross-site'],
      ['origin', 'https://evil.example'],
      ['origin', 'null'],
    ]) {
      expect(() => choose(leave([set]), headers)).toThrow(refused('cross_site'));
      expect(choose(leave([]), headers)).toEqual([]);
    }
  });

  it('unless the page shows the placeholder, which it was given', () => {
    const headers = ['origin', 'https://evil.example', 'authorization', `Bearer ${ours}`];
    expect(choose(leave([substitute]), headers)).toEqual([substitute]);
  });

  it('with a placeholder that goes where it does not belong', () => {
    expect(() => choose(leave([]), ['authorization', ours])).toThrow(refused('placeholder_misplaced'));
    expect(() => choose(leave([substitute]), ['x-copy', ours])).toThrow(refused('placeholder_misplaced'));
    expect(() => choose(leave([set]), [], `/?key=${ours}`)).toThrow(refused('placeholder_misplaced'));
    expect(() => choose(leave([substitute]), ['authorization', ours.repeat(5)])).toThrow(
      refused('placeholder_misplaced'),
    );
  });
});

describe('the injections that fire', () => {
  it('are those in mode set, and those whose placeholder is there', () => {
    const jira = make('substitute', 'jira');
    expect(choose(leave([substitute, jira]), ['authorization', `Bearer ${ours}`])).toEqual([substitute]);
    expect(choose(leave([set]))).toEqual([set]);
    expect(choose(leave([substitute, jira]), ['authorization', 'Bearer its-own'])).toEqual([]);
  });

  it('are chosen without a search where there are no placeholders', () => {
    const none = keyedPlaceholders(Buffer.alloc(32), [], new Map());
    const head = headWith(['x', ours]);
    expect(chooseInjections(leave([set]), head, { client: 'desk' }, none)).toEqual([set]);
  });
});

describe('what a request for a token is answered with', () => {
  const theirs = placeholders.of('agents', 'github')!;
  const mine = placeholders.of('desk', 'slack')!;
  const inBasic = (text: string): string => `Basic ${Buffer.from(`id:${text}`).toString('base64')}`;
  const token = (
    headers: string[],
    content = 'a=b',
    { path = '/token', client = 'desk', trailers = [] as string[] } = {},
  ) =>
    chooseToken(
      { target: target('https'), secret: 'github' },
      { ...headWith(headers, path), content: new Content(Buffer.from(content), '', 1024) },
      new HeaderList(trailers),
      { client },
      placeholders,
    );

  it('is nothing where a placeholder of another client is in it, wherever and however it is spelled', () => {
    const misplaced = refused('placeholder_misplaced');
    expect(() => token(['authorization', `Bearer ${theirs}`])).toThrow(misplaced);
    expect(() => token(['authorization', inBasic(theirs)])).toThrow(misplaced);
    expect(() => token([], `refresh_token=${theirs}`)).toThrow(misplaced);
    expect(() => token([], `refresh_token=${mine}&client_secret=${theirs}`)).toThrow(misplaced);
    expect(() => token([], `assertion=${Buffer.from(theirs).toString('base64url')}`)).toThrow(misplaced);
    expect(() => token([], '', { trailers: ['x-late', theirs] })).toThrow(misplaced);
    expect(() => token([], '', { path: `/token/${theirs}` })).toThrow(misplaced);
  });

  it('is nothing where one of its own is in the URL', () => {
    expect(() => token([], '', { path: `/token?refresh_token=${mine}` })).toThrow(refused('placeholder_misplaced'));
    expect(() => token([], '', { path: `/${mine}` })).toThrow(refused('placeholder_misplaced'));
  });

  it('is nothing for a page of another site, and for a caller without a placeholder', () => {
    expect(() => token(['origin', 'https://evil.example'])).toThrow(refused('cross_site'));
    expect(() => token([], '', { client: 'anonymous' })).toThrow(refused('no_placeholder'));
  });

  it('is the placeholder of whoever asks, with others of its own where SDKs have them', () => {
    expect(token([])).toBe(ours);
    expect(token([], '', { client: 'agents' })).toBe(theirs);
    expect(token(['authorization', inBasic(mine)], `refresh_token=${encodeURIComponent(mine)}`)).toBe(ours);
  });
});
