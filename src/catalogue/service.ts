import type { ArgumentRule } from './argument-rule.js';
import type { Place } from './place.js';

/** `variable` holds a URL or a host, which replaces the service's own hosts: a self-hosted instance, a subdomain. */
export interface HostSource {
  readonly variable: string;
  /** What follows from it: `{host}` is the host, or the value where it is only a part of one. Left out, `{host}`. */
  readonly hosts?: readonly string[];
}

/** A variable that holds a secret of this service. */
export interface SecretVariable {
  readonly name: string;
  /** Shapes of its values, as src/inject/shape reads them; the placeholder gets the one that begins like the value, else the first. */
  readonly shapes: readonly string[];
  /** A name that other programs use too: it counts only with one of the packages, or with a value that begins like a shape. */
  readonly generic?: boolean;
  /** How the secret stands in the value; left out, the value is the secret. */
  readonly holds?: 'json-headers' | 'base64-userinfo';
  /** Where these differ from the service's. */
  readonly hosts?: readonly string[];
  readonly hostsFrom?: readonly HostSource[];
  readonly places?: readonly Place[];
}

/** Endpoints of one sort that hand out, show or widen credentials. */
export interface MintingRule {
  /** In kebab case, after that of the service in `unsafe_minting` and in what is told of a refusal: it stays as it is once it was published. */
  readonly name: string;
  /** What comes out of them: completes 'new credentials: …'. */
  readonly what: string;
  /** Left out, what changes something: POST, PUT and PATCH. `all` where a GET does it too. */
  readonly methods?: 'all';
  /** In the grammar of src/policy/path; case does not matter, and a `.json` at the end is thought away. */
  readonly paths: readonly string[];
  /** Left out, every host of the service. */
  readonly hosts?: readonly string[];
  /** Actions of AWS's query protocol that are let through: a POST to `/` with nothing but a form that names one. */
  readonly unless?: readonly string[];
}

/** The endpoints of a service that make new credentials. */
export interface Minting {
  readonly rules: readonly MintingRule[];
  /** Hosts at which the rules hold besides those of the service: it has them, and nothing is sent there but by a policy that says so. */
  readonly beyond?: readonly string[];
  /** The page or package that the paths were read in, or `memory`: not looked up, so a reviewer should. */
  readonly read: string;
  /** What no path tells: half a sentence for docs/services.md. */
  readonly unseen?: string;
  /** What looks like a credential and is not denied, and why: half a sentence for docs/services.md. */
  readonly letThrough?: string;
}

/** The requests that read, each path looked at by itself: what shows credentials, hands out data in bulk or changes something is not there. */
export interface ReadOnly {
  /** Hosts of the service that the paths are of. */
  readonly hosts: readonly string[];
  /** For GET. */
  readonly paths: readonly string[];
  /** Reads that the service wants as a POST, and why each is one. */
  readonly posts?: { readonly paths: readonly string[]; readonly why: string };
  readonly read: string;
  /** What was left out on purpose: half a sentence for docs/services.md. */
  readonly leftOut: string;
  /** What an answer shows besides, that is good for something by itself: half a sentence for docs/services.md. */
  readonly shows?: string;
}

/** Looked at, and there is none: half a sentence why. */
export interface None {
  readonly none: string;
}

/** A service that programs call with a credential from their environment or command line. */
export interface Service {
  /** In kebab case: begins the names of its secrets and policies. */
  readonly name: string;
  /** Where its secrets may go, in the grammar of `hosts` in the configuration. */
  readonly hosts: readonly string[];
  readonly hostsFrom?: readonly HostSource[];
  /** Each of these is needed for its clients to work. */
  readonly places: readonly Place[];
  /** Places that some requests use besides; without them those requests are refused, and the rest works. */
  readonly sometimes?: readonly Place[];
  /** None where `run` has nothing to take: its rules are for policies of a configuration. */
  readonly variables: readonly SecretVariable[];
  /** Variables that come with it and are no secret. */
  readonly companions?: readonly string[];
  /** Variables that name the two files of an account of Google: its client, and its tokens. */
  readonly files?: { readonly client: string; readonly tokens: string };
  /** Names by which a command line shows that the child is a client of this service. */
  readonly packages?: readonly string[];
  /** Secrets on the command line; looked for only together with one of the packages. */
  readonly arguments?: readonly ArgumentRule[];
  /** Denied wherever a policy sends a credential to the service, unless `unsafe_minting` names it. */
  readonly minting: Minting | None;
  /** Left out where nobody has reviewed its paths yet. */
  readonly readOnly?: ReadOnly | None;
  /** What a reader of the catalogue should know. */
  readonly note?: string;
}

export function service(description: Service): Service {
  return description;
}

export const header = (name: string): Place => ({ place: 'header', name });
export const authorization = header('authorization');
export const basic: Place = { place: 'basic' };

/** For values without a shape of their own. */
export const anyShape: readonly string[] = ['<40 alnum>'];
export const jwtShape: readonly string[] = ['eyJhbGciOiJIUzI1NiJ9.<64 base64url>.<43 base64url>'];

/** The same paths under each of these beginnings. */
export function under(beginnings: readonly string[], paths: readonly string[]): readonly string[] {
  return beginnings.flatMap((beginning) => paths.map((path) => beginning + path));
}
