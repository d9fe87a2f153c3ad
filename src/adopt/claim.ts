import { UsageError } from '../core/usage-error.js';
import type { Place } from '../catalogue/place.js';
import type { SecretVariable, Service } from '../catalogue/service.js';
import { namesPackage } from './names-package.js';
import { secretInValue, type SecretInValue } from './secret-in-value.js';
import { shapeOfValue } from './secret-shapes.js';
import { serviceHosts } from './service-hosts.js';

/** What the child was to get, before anything is taken out. */
export interface ChildInput {
  readonly command: string;
  readonly args: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** A secret that the catalogue knows, where it stands, and where it may go. */
export interface Claim {
  readonly service: string;
  /** The variable, or `argument 3` counted from 1. */
  readonly where: string;
  /** The text there, which `found.replaceBy` makes anew. */
  readonly text: string;
  readonly found: SecretInValue;
  readonly shape: string;
  readonly hosts: readonly string[];
  readonly places: readonly Place[];
}

/** A claim that cannot be kept, and half a sentence why. */
export interface BrokenClaim {
  readonly service: string;
  readonly where: string;
  readonly why: string;
}

/** Every known secret among the child's variables and arguments, each under the first service that claims it. */
export function findClaims(input: ChildInput, services: readonly Service[]): readonly (Claim | BrokenClaim)[] {
  const seen = new Set<string>();
  const claims = services.flatMap((service) => [...argumentClaims(input, service), ...variableClaims(input, service)]);
  return claims.filter(({ where }) => {
    const first = !seen.has(where);
    seen.add(where);
    return first;
  });
}

/** The name of an argument in messages and for `--pass`. */
export function argumentName(index: number): string {
  return `argument ${index + 1}`;
}

function variableClaims(input: ChildInput, service: Service): readonly (Claim | BrokenClaim)[] {
  return service.variables.flatMap((variable) => {
    const text = input.environment[variable.name] ?? '';
    if (text.trim() === '' || !isMeant(input, service, variable, text)) return [];
    const places = variable.places ?? service.places;
    const found = secretInValue(text, variable.holds);
    if (found === undefined) return [];
    const source = { service: service.name, where: variable.name };
    return [
      withHosts(
        source,
        () => ({
          ...source,
          text,
          found,
          shape: shapeFor(variable.shapes, found.secret),
          hosts: serviceHosts(
            variable.hosts ?? service.hosts,
            variable.hostsFrom ?? service.hostsFrom ?? [],
            input.environment,
          ),
          places: [...places, ...(service.sometimes ?? [])],
        }),
        places,
      ),
    ];
  });
}

function argumentClaims(input: ChildInput, service: Service): readonly (Claim | BrokenClaim)[] {
  const { args, environment, command } = input;
  if (service.arguments === undefined || !namesPackage([command, ...args], service.packages ?? [])) return [];
  const secrets = service.arguments.flatMap((rule) => rule(args, environment));
  return secrets
    .filter(({ value }) => value.trim() !== '' && !value.includes('${'))
    .map(({ index, value, variable, shapes, hosts, places = service.places }) => {
      const source = { service: service.name, where: variable ?? argumentName(index) };
      const found = { secret: value, replaceBy: (placeholder: string) => placeholder };
      return withHosts(
        source,
        () => ({
          ...source,
          text: value,
          found,
          shape: shapeFor(shapes, value),
          hosts: serviceHosts(hosts ?? service.hosts, service.hostsFrom ?? [], environment),
          places: [...places, ...(service.sometimes ?? [])],
        }),
        places,
      );
    });
}

function isMeant({ command, args }: ChildInput, service: Service, variable: SecretVariable, text: string): boolean {
  if (variable.generic !== true) return true;
  return namesPackage([command, ...args], service.packages ?? []) || shapeOfValue(variable.shapes, text) !== undefined;
}

/** A place that is not there yet says more than a missing host, so it is looked at first. */
function withHosts(
  source: Pick<Claim, 'service' | 'where'>,
  claim: () => Claim,
  needed: readonly Place[],
): Claim | BrokenClaim {
  const missing = needed.map(missingPlace).find((words) => words !== undefined);
  if (missing !== undefined) return { ...source, why: `keywright cannot yet ${missing} (${source.service})` };
  try {
    return claim();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    return { ...source, why: `it is a credential of ${source.service}, but ${error.message}` };
  }
}

/** What the proxy cannot do yet, in words; undefined for what it can. */
function missingPlace({ place }: Place): string | undefined {
  switch (place) {
    case 'header':
    case 'basic':
    case 'token':
    case 'query':
    case 'path':
    case 'cookie':
    case 'form':
    case 'json':
    case 'ws':
    case 'sigv4':
      return undefined;
    case 'file':
      return 'take a credential out of the file that it names';
    case 'other':
      return 'place a credential in a protocol other than HTTP';
  }
}

function shapeFor(shapes: readonly string[], secret: string): string {
  return shapeOfValue(shapes, secret) ?? shapes[0] ?? '<40 alnum>';
}
