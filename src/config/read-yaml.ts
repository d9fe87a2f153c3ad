import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import type { Document, Pair, YAMLError } from 'yaml';
import { quoted } from './found.js';
import type { Path, PlacedProblem, Position, Problem } from './problem.js';

const require = createRequire(import.meta.url);
let loaded: typeof Yaml | undefined;

/** Only a file needs it: `run` without one does not. By `require`, as Node searches what is imported for names first. */
function yaml(): typeof Yaml {
  return (loaded ??= require('yaml') as typeof Yaml);
}

/** A document as plain data, and where each part of it stands. */
export interface Tree {
  readonly value: unknown;
  positionOf(problem: Pick<Problem, 'path' | 'at'>): Position;
}

const largest = 1024 * 1024;
const start: Position = { line: 1, column: 1 };

/**
 * Strict YAML 1.2 with nothing in it that reads in a second way or grows when it is read:
 * one document, no directives, tags, anchors, aliases or merge keys, no key twice.
 */
export function readYaml(text: string): Tree | { readonly problems: readonly PlacedProblem[] } {
  if (text.length > largest)
    return { problems: [{ ...start, message: 'found more than 1 MiB; allowed is a smaller file' }] };
  if (nestsDeeply(text))
    return { problems: [{ ...start, message: 'found nesting without end; allowed are a few levels' }] };
  return treeOf(text);
}

/** More than the grammar has. The composer calls itself for each level, and an overflow of the stack can end the process. */
const deepest = 64;

function nestsDeeply(text: string): boolean {
  const { Lexer, Parser } = yaml();
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    Array.from(parser.next(lexeme));
    if (parser.stack.length > deepest) return true;
  }
  return false;
}

function treeOf(text: string): Tree | { readonly problems: readonly PlacedProblem[] } {
  const { LineCounter, parseDocument } = yaml();
  const lineCounter = new LineCounter();
  const document = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    strict: true,
    uniqueKeys: true,
    stringKeys: true,
    merge: false,
    prettyErrors: false,
    logLevel: 'error',
    lineCounter,
  });
  const place = (offset: number): Position => {
    const { line, col } = lineCounter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = [
    ...[...document.errors, ...document.warnings].map((error) => ({
      ...place(error.pos[0]),
      message: sentenceOf(error),
    })),
    ...forbiddenIn(document, text).map(({ offset, message }) => ({ ...place(offset), message })),
  ];
  if (problems.length > 0) return { problems };
  return {
    value: document.toJS(),
    positionOf: ({ path, at }) => place(offsetOf(document, path, at)),
  };
}

/** The parser's own sentences may repeat what stands in the file, so they are told by code. */
function sentenceOf({ code }: YAMLError): string {
  return sentences[code] ?? 'found something that is not YAML; allowed is YAML 1.2';
}

const sentences: Readonly<Record<string, string>> = {
  DUPLICATE_KEY: 'found this key a second time; allowed is once',
  MULTIPLE_DOCS: 'found a second document; allowed is one in a file',
  NON_STRING_KEY: 'found a key that is not a text; allowed are names',
  TAB_AS_INDENT: 'found a tab as indentation; allowed are spaces',
  BAD_INDENT: 'found an indentation that does not fit; allowed is one that lines up with the lines around',
  TAG_RESOLVE_FAILED: 'found a tag; allowed are plain values',
  BAD_ALIAS:
    'found an anchor or alias; allowed are plain values (YAML needs quotes around a text that begins with "*" or "&")',
  MISSING_CHAR: 'found an end where a character is missing, such as a quote, bracket or colon; allowed is YAML 1.2',
  MULTILINE_IMPLICIT_KEY: 'found a key over several lines; allowed is one line, followed by a colon',
};

function forbiddenIn(document: Document.Parsed, text: string): { offset: number; message: string }[] {
  const { isNode, isScalar, visit } = yaml();
  const forbidden: { offset: number; message: string }[] = [];
  const refuse = (node: unknown, message: string): void => {
    forbidden.push({ offset: (isNode(node) ? node.range?.[0] : undefined) ?? 0, message });
  };
  const directive = /^%/m.exec(text);
  if (directive !== null && document.directives.yaml.explicit === true) {
    forbidden.push({ offset: directive.index, message: 'found a directive; allowed is YAML 1.2 without any' });
  }
  visit(document, {
    Alias: (_, node) => refuse(node, `found an alias; ${plainOnly}`),
    Pair: (_, { key }) => {
      if (!isScalar(key)) return;
      if (key.value === '<<') refuse(key, 'found a merge key; allowed is to write the keys out');
      if (key.value === '__proto__') refuse(key, 'found a key that no configuration has; allowed are names');
    },
    Value: (_, node) => {
      if (node.anchor !== undefined) refuse(node, `found an anchor; ${plainOnly}`);
      if (node.tag !== undefined) refuse(node, `found a tag; ${plainOnly}`);
    },
  });
  return forbidden;
}

const plainOnly = `allowed are plain values (YAML needs quotes around a text that begins with ${['*', '&', '!'].map(quoted).join(', ')})`;

/** Where a part stands; where there is none, the entry it would belong to. */
function offsetOf(document: Document.Parsed, path: Path, at: 'key' | 'value'): number {
  const { isMap, isScalar, isSeq } = yaml();
  let node: unknown = document.contents;
  let offset = document.contents?.range[0] ?? 0;
  for (const [index, step] of path.entries()) {
    const last = index === path.length - 1;
    if (isMap(node)) {
      const pair: Pair | undefined = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      const keyOffset = startOf(pair.key) ?? offset;
      const onValue = last ? at === 'value' && isScalar(pair.value) : false;
      offset = onValue ? (startOf(pair.value) ?? keyOffset) : keyOffset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return yaml().isNode(node) ? node.range?.[0] : undefined;
}
