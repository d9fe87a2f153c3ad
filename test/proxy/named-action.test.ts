import { describe, expect, it } from '@jest/globals';
import { Content } from '../../src/core/content.js';
import { HeaderList } from '../../src/core/header-list.js';
import { namedAction } from '../../src/proxy/named-action.js';
import { leastCpu } from '../support/cpu-time.js';

const form = 'application/x-www-form-urlencoded';
const caller = 'Action=GetCallerIdentity&Version=2011-06-15';

function named(text: string | undefined, fields: readonly string[] = ['content-type', form]): string | undefined {
  const content = text === undefined ? undefined : new Content(Buffer.from(text, 'latin1'), '', 64 * 1024);
  return namedAction({ headers: new HeaderList([...fields]), content });
}

describe('the action that a form names', () => {
  it.each([
    ['no content', undefined],
    ['nothing', ''],
    ['no action', 'Version=2011-06-15'],
    ['an action twice', `${caller}&Action=AssumeRole`],
    ['an action in another case', `${caller}&action=AssumeRole`],
    ['an action in another case alone', 'action=GetCallerIdentity'],
    ['an action with an index', `${caller}&Action[]=AssumeRole`],
    ['an action that is encoded', `${caller}&%41ction=AssumeRole`],
    ['an action after a semicolon', 'Action=GetCallerIdentity;Action=AssumeRole'],
    ['a semicolon anywhere', `${caller};x`],
    ['an action after a line', `${caller}\r\nAction=AssumeRole`],
    ['an action after NUL', `${caller}\0&Action=AssumeRole`],
    ['a name with a space', `+Action=AssumeRole&${caller}`],
    ['an empty pair', `&${caller}`],
    ['a pair without a value', `${caller}&AssumeRole`],
    ['a query', `?${caller}`],
    ['JSON', '{"Action":"GetCallerIdentity"}'],
    ['what is no ASCII', `${caller}&x=\u00e9`],
    ['the older name for an action', `${caller}&Operation=AssumeRole`],
    ['more pairs than anybody sends', caller + Array.from({ length: 10_000 }, (_, at) => `&A.${at}=`).join('')],
  ])('is none where there is %s', (_, text) => expect(named(text)).toBeUndefined());

  it.each([
    ['no type', []],
    ['another type', ['content-type', 'application/x-amz-json-1.1']],
    ['two types', ['content-type', form, 'content-type', 'application/json']],
    ['a list of types', ['content-type', `${form}, application/json`]],
    ['another charset', ['content-type', `${form}; charset=utf-16`]],
    ['a coding', ['content-type', form, 'content-encoding', 'gzip']],
    ['a target', ['content-type', form, 'x-amz-target', 'AWSSecurityTokenServiceV20110615.AssumeRole']],
    ['a protocol', ['content-type', form, 'smithy-protocol', 'rpc-v2-cbor']],
    ['a type with an underscore', ['content-type', form, 'content_type', 'application/x-amz-json-1.1']],
    ['a target with underscores', ['content-type', form, 'x_amz_target', 'STS.AssumeRole']],
  ])('is none where the head says %s', (_, fields) => expect(named(caller, fields)).toBeUndefined());

  it.each(['&', 'a=&', 'a'])('is none, which is told at once, in four mebibytes of %s', (piece) => {
    const text = piece.repeat((4 * 1024 * 1024) / piece.length);
    expect(leastCpu(() => expect(named(text)).toBeUndefined())).toBeLessThan(150_000);
  });

  it.each([
    [caller, 'GetCallerIdentity'],
    ['Version=2010-05-08&Action=GetUser', 'GetUser'],
    ['Action=ListRoles&Version=2010-05-08&PathPrefix=%2Fa%2F&MaxItems=10&Tags.member.1.Key=a', 'ListRoles'],
  ])('is read: %s', (text, action) => {
    expect(named(text)).toBe(action);
    expect(named(text, ['content-type', `${form}; charset=utf-8`])).toBe(action);
    expect(named(text, ['Content-Type', form.toUpperCase()])).toBe(action);
  });
});
