import { unseenTextOption } from './allowed.js';

/** An option that names another secret of the configuration, `name` or `name.field`: what a source is made from. */
export class SecretReference {
  readonly name: string;
  readonly field: string;

  constructor(name: string, field: string) {
    this.name = name;
    this.field = field;
  }

  toString(): string {
    return this.field === 'value' ? this.name : `${this.name}.${this.field}`;
  }
}

/** For the options of sources and backends: the configuration checks that there is such a secret, and that none is made from itself. */
export const secretReference = unseenTextOption(
  /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}(?:\.[\w-]{1,64})?$/,
  'the name of a secret under "secrets", `name` or `name.field`',
)
  .meta({ title: 'secret' })
  .transform((text) => {
    const [name = '', field = 'value'] = text.split('.');
    return new SecretReference(name, field);
  });
