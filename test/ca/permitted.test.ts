import { describe, expect, it } from '@jest/globals';
import { encode, objectId, octets, sequence, tagged, wrapped } from '../../src/ca/der.js';
import { nameConstraints } from '../../src/ca/extensions.js';
import { permitsJust, permittedBy } from '../../src/ca/permitted.js';

const of = (permit: readonly string[]): Buffer => encode(nameConstraints(permit));
const subtrees = (...parts: Parameters<typeof wrapped>[1][]): Buffer =>
  encode(sequence(objectId('2.5.29.30'), octets(encode(sequence(...parts)))));

describe('what a constraint permits', () => {
  it.each([
    [undefined, ['a.test'], false],
    [['a.test'], undefined, false],
    [['a.test'], ['a.test', 'b.test'], false],
    [['a.test', 'b.test'], ['a.test'], false],
    [['a.test'], ['b.test'], false],
    [undefined, undefined, true],
    [['b.test', 'a.test', '::1'], ['::1', 'a.test', '*.b.test', 'a.test'], true],
  ])('of %j is just %j: %s', (made, wanted, same) => {
    expect(permitsJust(made === undefined ? undefined : of(made), wanted)).toBe(same);
  });

  it('is what was asked for, and not the address that nobody has', () => {
    expect(permittedBy(of(['b.test', '*.a.test']))).toEqual(['a.test', 'b.test']);
    expect(permittedBy(of(['10.0.0.1', '2001:db8::1']))).toEqual(['10.0.0.1', '2001:db8::1']);
    expect(permittedBy(of([]))).toEqual([]);
  });

  it('of a CA of version 0.1.0, which excluded every address, is its names', () => {
    const excluded = wrapped(1, ...[8, 32].map((size) => sequence(tagged(7, Buffer.alloc(size)))));
    const made = subtrees(wrapped(0, sequence(tagged(2, Buffer.from('a.test')))), excluded);
    expect(permitsJust(made, ['a.test'])).toBe(true);
  });

  it('is shown for networks and other forms too', () => {
    const network = tagged(7, Buffer.from([10, 0, 0, 0, 255, 0, 0, 0]));
    const made = subtrees(wrapped(0, sequence(network), sequence(tagged(1, Buffer.from('x@a.test')))));
    expect(permittedBy(made)).toEqual(['10.0.0.0/255.0.0.0', 'a name of another form']);
  });
});
