import { inspect } from 'node:util';

/**
 * The handle of a secret: frozen, and holding its name alone. Its value lives behind `secrets/seal`,
 * so printing, JSON, inspect, spread, structuredClone and errors can show nothing but the name.
 */
export class Sealed {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
    Object.freeze(this);
  }

  toString(): string {
    return `[secret ${this.name}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}
