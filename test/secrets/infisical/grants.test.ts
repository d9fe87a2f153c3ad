import { describe, expect, it } from '@jest/globals';
import { infisicalBackend } from '../../../src/secrets/infisical.js';

const grants = (...uses: { kind: string; options: object }[]): unknown =>
  JSON.parse(
    infisicalBackend.grants!(
      {} as never,
      uses.map((use, index) => ({ name: `s${index}`, ...use })),
    ),
  );
const fixed = (project_id: string, environment: string, path: string, secret: string) => ({
  kind: 'infisical',
  options: { project_id, environment, path, secret },
});
const dynamic = (project_slug: string, environment: string, path: string, dynamic_secret: string) => ({
  kind: 'infisical-dynamic',
  options: { project_slug, environment, path, dynamic_secret },
});

describe('what an identity of Infisical is granted', () => {
  it('is nothing where nothing is read', () => {
    expect(grants()).toEqual([]);
  });

  it('is reading by name, for each folder once, and never all of a folder', () => {
    expect(
      grants(
        fixed('p1', 'prod', '/', 'B'),
        fixed('p1', 'prod', '/', 'A'),
        fixed('p1', 'prod', '/', 'A'),
        fixed('p1', 'prod', '/deep', 'A'),
        fixed('p1', 'dev', '/', 'A'),
      ),
    ).toEqual([
      {
        projectId: 'p1',
        permissions: [
          {
            subject: 'secrets',
            action: ['describeSecret', 'readValue'],
            conditions: { environment: { $eq: 'prod' }, secretPath: { $eq: '/' }, secretName: { $in: ['A', 'B'] } },
          },
          {
            subject: 'secrets',
            action: ['describeSecret', 'readValue'],
            conditions: { environment: { $eq: 'prod' }, secretPath: { $eq: '/deep' }, secretName: { $in: ['A'] } },
          },
          {
            subject: 'secrets',
            action: ['describeSecret', 'readValue'],
            conditions: { environment: { $eq: 'dev' }, secretPath: { $eq: '/' }, secretName: { $in: ['A'] } },
          },
        ],
      },
    ]);
  });

  it('is leases in the folder of a dynamic secret, and nothing of its root credential', () => {
    expect(grants(dynamic('acme', 'prod', '/db', 'a'), dynamic('acme', 'prod', '/db', 'b'))).toEqual([
      {
        projectSlug: 'acme',
        permissions: [
          {
            subject: 'dynamic-secrets',
            action: ['lease'],
            conditions: { environment: { $eq: 'prod' }, secretPath: { $eq: '/db' } },
          },
        ],
      },
    ]);
  });

  it('is told for each project apart', () => {
    const told = grants(fixed('p1', 'prod', '/', 'A'), fixed('p2', 'prod', '/', 'A'), dynamic('x', 'prod', '/', 'd'));
    expect(told).toMatchObject([{ projectId: 'p1' }, { projectId: 'p2' }, { projectSlug: 'x' }]);
  });
});
