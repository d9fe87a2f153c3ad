import type { SourceUse } from '../backend.js';

interface Place {
  readonly environment: string;
  readonly path: string;
}

/** What is read of the options of a use; which project it is of is told by one of the two. */
interface Used extends Place {
  readonly project_id?: string;
  readonly project_slug?: string;
  readonly secret?: string;
}

/**
 * The least that an identity needs, by project: `permissions` as the roles of a project and the additional privileges of an identity have
 * them. Sources: https://infisical.com/docs/internals/permissions/project-permissions, and `ProjectPermissionV2Schema` of the server.
 * A dynamic secret is granted by its folder: there is no condition for its name.
 */
export function grantsFor(uses: readonly SourceUse[]): string {
  const used = uses.map(({ options }) => options as Used);
  const projects = new Map<string, Used[]>();
  for (const use of used) {
    const key = JSON.stringify([use.project_id, use.project_slug]);
    projects.set(key, [...(projects.get(key) ?? []), use]);
  }
  const list = [...projects.values()].map((of) => ({
    ...(of[0]?.project_id === undefined ? { projectSlug: of[0]?.project_slug } : { projectId: of[0].project_id }),
    permissions: byPlace(of).map(permissionFor),
  }));
  return `${JSON.stringify(list, undefined, 2)}\n`;
}

function byPlace(uses: readonly Used[]): Used[][] {
  const places = new Map<string, Used[]>();
  for (const use of uses) {
    const key = `${use.environment} ${use.path}`;
    places.set(key, [...(places.get(key) ?? []), use]);
  }
  return [...places.values()];
}

function permissionFor(uses: readonly Used[]): object {
  const { environment, path } = uses[0] ?? {};
  const conditions = { environment: { $eq: environment }, secretPath: { $eq: path } };
  const secrets = uses.flatMap(({ secret }) => (secret === undefined ? [] : [secret]));
  if (secrets.length === 0) return { subject: 'dynamic-secrets', action: ['lease'], conditions };
  const secretName = { $in: [...new Set(secrets)].sort() };
  return { subject: 'secrets', action: ['describeSecret', 'readValue'], conditions: { ...conditions, secretName } };
}
