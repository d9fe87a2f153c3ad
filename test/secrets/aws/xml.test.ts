import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { onlyElement } from '../../../src/secrets/aws/xml.js';

describe('the text of the only element of a name', () => {
  it.each([
    ['there is none', '<a>1</a>'],
    ['there are two', '<Code>1</Code><Code>2</Code>'],
    ['it holds another', '<Code><b>1</b></Code>'],
    ['it does not end', '<Code>1'],
    ['another ends first', '<Code>1</Other></Code>'],
    ['it has an entity of its own', '<Code>&secret;</Code>'],
    ['it has a loose ampersand', '<Code>a & b</Code>'],
    ['it has a control character by number', '<Code>a&#10;b</Code>'],
    ['it has a property of every object as an entity', '<Code>&constructor;</Code>'],
    ['it is a CDATA section', '<Code><![CDATA[x]]></Code>'],
    ['the text is no XML', '{"Code":"x"}'],
  ])('is not read where %s', (_, xml) => {
    expect(onlyElement(xml, 'Code')).toBeUndefined();
  });

  it.each([
    ['<E><Code> AccessDenied\n</Code></E>', 'AccessDenied'],
    ['<Code>a&amp;b&lt;&gt;&quot;&apos;&#x2B;&#43;</Code>', 'a&b<>"\'++'],
    ['<Code></Code>', ''],
    ['<CodeX>1</CodeX><Code>2</Code>', '2'],
  ])('is read from %s', (xml, text) => {
    expect(onlyElement(xml, 'Code')).toBe(text);
  });

  it('is what an XML writer made of it', () => {
    const written = (text: string): string =>
      text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
    const text = fc.string().map((value) => value.trim());
    fc.assert(fc.property(text, (value) => onlyElement(`<a><b>${written(value)}</b></a>`, 'b') === value));
  });
});
