/**
 * A header section as it stands on the wire: names, values, order, case and duplicates kept (RFC 9110 section 5.3).
 * A flat array `[name, value, name, value, …]`: one allocation for a section, whatever stands in it.
 */
export class HeaderList {
  readonly raw: string[];

  constructor(raw: readonly string[] = []) {
    this.raw = [...raw];
  }

  get count(): number {
    return this.raw.length / 2;
  }

  /** The values of every field with this name (given in lower case), in order. */
  all(name: string): string[] {
    const found: string[] = [];
    for (let i = 0; i < this.raw.length; i += 2) {
      if (sameName(this.raw[i] as string, name)) found.push(this.raw[i + 1] as string);
    }
    return found;
  }

  /** The first value of the field with this name (given in lower case). */
  first(name: string): string | undefined {
    for (let i = 0; i < this.raw.length; i += 2) {
      if (sameName(this.raw[i] as string, name)) return this.raw[i + 1];
    }
    return undefined;
  }

  has(name: string): boolean {
    return this.first(name) !== undefined;
  }

  add(name: string, value: string): void {
    this.raw.push(name, value);
  }

  /** Replaces every field of this name (given in lower case) by one, at the end. */
  set(name: string, value: string): void {
    this.remove(name);
    this.add(name, value);
  }

  /** Removes every field of this name (given in lower case). */
  remove(name: string): void {
    if (this.has(name)) this.removeWhere((candidate) => candidate === name);
  }

  /** Removes every field whose lower-case name the test accepts. */
  removeWhere(test: (lowerCaseName: string) => boolean): void {
    let kept = 0;
    for (let i = 0; i < this.raw.length; i += 2) {
      const name = this.raw[i] as string;
      if (test(name.toLowerCase())) continue;
      this.raw[kept] = name;
      this.raw[kept + 1] = this.raw[i + 1] as string;
      kept += 2;
    }
    // Even where it changes nothing, setting it is slow.
    if (kept < this.raw.length) this.raw.length = kept;
  }

  /** Rewrites values in place, keeping names and order. */
  mapValues(rewrite: (value: string, lowerCaseName: string) => string): void {
    for (let i = 0; i < this.raw.length; i += 2) {
      this.raw[i + 1] = rewrite(this.raw[i + 1] as string, (this.raw[i] as string).toLowerCase());
    }
  }
}

function sameName(candidate: string, lowerCaseName: string): boolean {
  return candidate.length === lowerCaseName.length && candidate.toLowerCase() === lowerCaseName;
}
