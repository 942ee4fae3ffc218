/** No model runs without a person: signatures, assignments, and the database's own refusals. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { newId } from '../../../../server/kit/ids.ts';
import { databases } from '../../../support/database.ts';
import {
  createSeed,
  freshCode,
  PASSWORD,
  type Seed,
  type SeededPerson,
  type SeededPlant,
  type SeededVersion,
} from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';

describe.each(databases())('models on %s', (kind) => {
  let server: TestServer;
  let seed: Seed;
  let plant: SeededPlant;
  let other: SeededPlant;
  let approver: SeededPerson;

  beforeAll(async () => {
    server = await openTestServer(kind);
    seed = createSeed(server);
    plant = await seed.plant({ lines: 2, nodes: 2 });
    other = await seed.plant();
    approver = await plant.person('approver');
  });
  afterAll(() => server.close());

  const approve = (version: SeededVersion, input: Record<string, unknown> = {}, client = approver.client) =>
    client.act<{ id: string }>('approveModelVersion', 'id meaning approvedAt person { name } modelVersion { id }', {
      modelVersionId: version.globalId,
      meaning: 'may run on line 1',
      password: PASSWORD,
      ...input,
    });
  const cameraId = (of: SeededPlant, index = 0) => encodeGlobalId('Camera', of.cameras[index]?.id ?? '');
  const assign = (approvalId: string, camera = cameraId(plant), client = approver.client) =>
    client.act<{ id: string }>('assignModel', 'id endedAt assignedBy { name } modelVersion { id } camera { id }', {
      approvalId,
      cameraId: camera,
    });

  describe('making a model', () => {
    it('takes a code that is free in the plant', async () => {
      const engineer = await plant.person('ml_engineer');
      const input = { plantId: plant.globalId, code: freshCode('model'), name: 'Bottles' };
      expect(await engineer.client.act('createModel', 'code name', input)).toMatchObject({ code: input.code });
      const taken = { __typename: 'ConflictError', field: 'input.code', value: input.code };
      expect(await engineer.client.act('createModel', 'id', input)).toMatchObject(taken);
      const elsewhere = { ...input, plantId: other.globalId };
      expect(await other.owner.client.act('createModel', 'code', elsewhere)).toMatchObject({ code: input.code });
    });

    it.each([
      [{ code: 'No' }, 'InvalidInputError', 'input.code'],
      [{ name: '' }, 'InvalidInputError', 'input.name'],
      [{ plantId: encodeGlobalId('Plant', newId()) }, 'NotFoundError', 'input.plantId'],
    ])('refuses %j', async (wrong, type, field) => {
      const input = { plantId: plant.globalId, code: freshCode('model'), name: 'M', ...wrong };
      expect(await plant.owner.client.act('createModel', 'id', input)).toMatchObject({ __typename: type, field });
    });

    it('refuses a plant that the caller may not see as one that does not exist', async () => {
      const input = { plantId: other.globalId, code: freshCode('model'), name: 'M' };
      const refused = await plant.owner.client.act('createModel', 'id', input);
      expect(refused).toMatchObject({ __typename: 'NotFoundError', field: 'input.plantId', value: other.globalId });
    });
  });

  describe('approving', () => {
    it('signs with who, when and what it means, leaves an event and an audit record', async () => {
      const version = await plant.modelVersion();
      const approval = await approve(version);
      expect(approval).toMatchObject({
        __typename: 'Approval',
        meaning: 'may run on line 1',
        person: { name: approver.row.name },
        modelVersion: { id: version.globalId },
      });
      const { events } = await approver.client.read<{ events: { edges: { node: object }[] } }>(
        'query ($id: ID!) { events(filter: { plantId: $id, kinds: ["model.approved"] }, first: 1) { edges { node { data actor { name } } } } }',
        { id: plant.globalId },
      );
      expect(events.edges[0]?.node).toEqual({
        data: { approvalId: approval.id, modelVersionId: version.globalId, meaning: 'may run on line 1' },
        actor: { name: approver.row.name },
      });
      const [record] = await server.db
        .selectFrom('audit')
        .selectAll()
        .where('subject_id', '=', version.version.id)
        .execute();
      expect(record).toMatchObject({ action: 'model.approve', actor_id: approver.row.id });
      expect(JSON.parse(record?.record ?? '{}').detail).toMatchObject({
        artifactSha256: version.version.artifact_sha256.toString('hex'),
      });
      expect(record?.record).not.toContain(PASSWORD);
    });

    it('takes the password again, and stops those who guess it', async () => {
      const version = await plant.modelVersion();
      const guesser = await plant.person('approver');
      const wrong = { password: 'wrong password here' };
      for (let attempt = 0; attempt < server.config.limits.signInAttempts; attempt++) {
        const refused = await approve(version, wrong, guesser.client);
        expect(refused).toMatchObject({ __typename: 'WrongCredentialsError' });
      }
      const stopped = await approve(version, { password: PASSWORD }, guesser.client);
      expect(stopped).toMatchObject({ __typename: 'TooManyAttemptsError', retryAfterS: expect.any(Number) });
      const approvals = await server.db
        .selectFrom('approval')
        .select('id')
        .where('model_version_id', '=', version.version.id)
        .execute();
      expect(approvals).toEqual([]);
      expect(await approve(version)).toMatchObject({ __typename: 'Approval' });
    });

    it.each(['', '   ', 'x'.repeat(501), 'a\0b'])('refuses the meaning %j', async (meaning) => {
      const refused = await approve(await plant.modelVersion(), { meaning });
      expect(refused).toMatchObject({
        __typename: 'InvalidInputError',
        field: 'input.meaning',
        value: expect.anything(),
      });
    });

    it('refuses a version of another plant as one that does not exist', async () => {
      for (const modelVersionId of [(await other.modelVersion()).globalId, encodeGlobalId('ModelVersion', newId())]) {
        const refused = await approve(await plant.modelVersion(), { modelVersionId });
        expect(refused).toMatchObject({ __typename: 'NotFoundError', value: modelVersionId });
      }
    });

    it('takes an approver of the plant: not an administrator, not an engineer, no machine, nobody else', async () => {
      const version = await plant.modelVersion();
      const node = plant.nodes[0] ?? lacking();
      const elsewhere = await seed.person([
        { plantId: plant.row.id, role: 'administrator' },
        { plantId: other.row.id, role: 'approver' },
      ]);
      const callers = [
        plant.owner,
        await seed.installer(),
        await plant.person('ml_engineer', 'quality_engineer', 'operator', 'viewer'),
        elsewhere,
        await plant.edgeToken(node),
        await plant.mesToken(),
      ];
      for (const { client } of callers) {
        await expect(approve(version, {}, client)).rejects.toThrow('Your roles do not allow');
        const approval = encodeGlobalId('Approval', (await version.approve()).id);
        await expect(assign(approval, cameraId(plant), client)).rejects.toThrow('Your roles do not allow');
      }
      await expect(approve(version, {}, server.anonymous)).rejects.toThrow('Sign in');
    });
  });

  describe('assigning', () => {
    const running = async (camera = cameraId(plant)) => {
      const { node } = await approver.client.read<{ node: { assignment: { id: string } | null } }>(
        'query ($id: ID!) { node(id: $id) { ... on Camera { assignment { id endedAt modelVersion { id } approval { meaning } } } } }',
        { id: camera },
      );
      return node.assignment;
    };

    it('puts the version on the camera in place of what ran there', async () => {
      const [first, second] = [await plant.modelVersion(), await plant.modelVersion()];
      const former = await assign((await approve(first)).id);
      expect(former).toMatchObject({
        __typename: 'ModelAssignment',
        endedAt: null,
        modelVersion: { id: first.globalId },
      });
      const now = await assign((await approve(second)).id);
      expect(await running()).toEqual({
        id: now.id,
        endedAt: null,
        modelVersion: { id: second.globalId },
        approval: { meaning: 'may run on line 1' },
      });
      const { node } = await approver.client.read<{ node: object }>(
        'query ($id: ID!) { node(id: $id) { ... on ModelVersion { assignments { id endedAt } } } }',
        { id: first.globalId },
      );
      expect(node).toEqual({ assignments: [{ id: former.id, endedAt: expect.any(String) }] });
    });

    it('of many at once leaves exactly one running, and a history without gaps or overlaps', async () => {
      const camera = plant.cameras[1] ?? lacking();
      const versions = await Promise.all(Array.from({ length: 4 }, () => plant.modelVersion()));
      const approvals = await Promise.all(versions.map(async (version) => (await approve(version)).id));
      await Promise.all(approvals.map((approval) => assign(approval, cameraId(plant, 1))));
      const rows = await server.db
        .selectFrom('model_assignment')
        .selectAll()
        .where('camera_id', '=', camera.id)
        .orderBy('assigned_at')
        .orderBy('ended_at')
        .execute();
      expect(rows).toHaveLength(4);
      expect(rows.filter((row) => row.ended_at === null)).toHaveLength(1);
      for (const [index, row] of rows.slice(0, -1).entries()) {
        expect(row.ended_at?.getTime()).toBeLessThanOrEqual(rows[index + 1]?.assigned_at.getTime() ?? 0);
      }
    });

    it('takes an approval and a camera of one plant that the caller may see', async () => {
      const own = (await approve(await plant.modelVersion())).id;
      const foreign = encodeGlobalId('Approval', (await (await other.modelVersion()).approve()).id);
      const notFound = (field: string) => ({ __typename: 'NotFoundError', field });
      expect(await assign(foreign)).toMatchObject(notFound('input.approvalId'));
      expect(await assign(encodeGlobalId('Approval', newId()))).toMatchObject(notFound('input.approvalId'));
      expect(await assign(own, cameraId(other))).toMatchObject(notFound('input.cameraId'));
      const both = await seed.person([
        { plantId: plant.row.id, role: 'approver' },
        { plantId: other.row.id, role: 'approver' },
      ]);
      expect(await assign(own, cameraId(other), both.client)).toMatchObject(notFound('input.approvalId'));
      const wrong = await assign(encodeGlobalId('ModelVersion', newId()));
      expect(wrong).toMatchObject({ __typename: 'InvalidInputError', field: 'input.approvalId' });
    });

    it('is refused by the database without an approval of that very version, in that very plant', async () => {
      const [approved, unapproved, foreign] = [
        await plant.modelVersion(),
        await plant.modelVersion(),
        await other.modelVersion(),
      ];
      const approval = await approved.approve();
      const insert = (values: { version: string; approval: string | null; camera?: string; plant?: string }) =>
        sql`INSERT INTO model_assignment (id, plant_id, camera_id, model_version_id, approval_id, assigned_by, assigned_at, ended_at)
          VALUES (${newId()}::uuid, ${values.plant ?? plant.row.id}::uuid, ${values.camera ?? plant.cameras[0]?.id}::uuid,
            ${values.version}::uuid, ${values.approval}::uuid, ${approver.row.id}::uuid, now(), now())`.execute(
          server.db,
        );
      const foreignApproval = await foreign.approve();
      await expect(insert({ version: unapproved.version.id, approval: approval.id })).rejects.toThrow('foreign key');
      await expect(insert({ version: approved.version.id, approval: newId() })).rejects.toThrow('foreign key');
      await expect(insert({ version: approved.version.id, approval: null })).rejects.toThrow('null value');
      await expect(insert({ version: foreign.version.id, approval: foreignApproval.id })).rejects.toThrow(
        'foreign key',
      );
      const camera = other.cameras[0]?.id ?? '';
      await expect(insert({ version: approved.version.id, approval: approval.id, camera })).rejects.toThrow(
        'foreign key',
      );
      await insert({ version: approved.version.id, approval: approval.id });
    });

    it('leaves signatures and versions as they were written: the database refuses to change or remove them', async () => {
      const { version, approve: sign } = await plant.modelVersion();
      const approval = await sign();
      const attempts = [
        sql`UPDATE approval SET meaning = 'something else' WHERE id = ${approval.id}::uuid`,
        sql`UPDATE approval SET person_id = ${plant.owner.row.id}::uuid WHERE id = ${approval.id}::uuid`,
        sql`DELETE FROM approval WHERE id = ${approval.id}::uuid`,
        sql`UPDATE model_version SET artifact_sha256 = ${randomBytes(32)} WHERE id = ${version.id}::uuid`,
        sql`DELETE FROM model_version WHERE id = ${version.id}::uuid`,
      ];
      for (const attempt of attempts) await expect(attempt.execute(server.db)).rejects.toThrow('append-only');
    });
  });

  describe('an edge node', () => {
    const QUERY = `query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }`;

    it('sees what its own cameras run, with the file, its signature and the key to check it with', async () => {
      const [node, neighbour] = [plant.nodes[0] ?? lacking(), plant.nodes[1] ?? lacking()];
      const version = await plant.modelVersion();
      const assignment = await assign((await approve(version)).id);
      const { client } = await plant.edgeToken(node);
      const answer = await client.read(
        `query ($id: ID!) {
          node(id: $id) { ... on EdgeNode { stations { code line { code } cameras { id assignment { id modelVersion { id
            manifest artifact { sha256 url signature signingKey { id publicKey } } } approval { id } } } } } }
          signingKeys { id publicKey }
        }`,
        { id: encodeGlobalId('EdgeNode', node.id) },
      );
      const sha256 = version.version.artifact_sha256.toString('hex');
      expect(answer).toMatchObject({
        node: {
          stations: [
            {
              line: { code: 'line-1' },
              cameras: [
                {
                  id: cameraId(plant),
                  assignment: {
                    id: assignment.id,
                    modelVersion: {
                      id: version.globalId,
                      manifest: { format: 1 },
                      artifact: {
                        sha256,
                        url: `/artifacts/${sha256}`,
                        signature: version.version.signature,
                        signingKey: { id: version.version.signing_key_id },
                      },
                    },
                  },
                },
              ],
            },
          ],
        },
      });

      const ids = [
        encodeGlobalId('EdgeNode', neighbour.id),
        cameraId(plant, 1),
        encodeGlobalId('Line', plant.lines[1]?.line.id ?? ''),
        encodeGlobalId('Station', plant.lines[1]?.stations[0]?.station.id ?? ''),
      ];
      expect(await client.read(QUERY, { ids })).toEqual({ nodes: ids.map(() => null) });
      const { client: beside } = await plant.edgeToken(neighbour);
      const theirs = [assignment.id, cameraId(plant), encodeGlobalId('EdgeNode', node.id)];
      expect(await beside.read(QUERY, { ids: theirs })).toEqual({ nodes: theirs.map(() => null) });
    });

    it.each([
      'node(id: $id) { ... on ModelVersion { approvals { person { email } } } }',
      'node(id: $id) { ... on ModelVersion { datasetVersion { id } } }',
      'node(id: $id) { ... on ModelVersion { trainingRun { id } } }',
      'node(id: $id) { ... on ModelVersion { assignments { id } } }',
      'plants { edges { node { id } } }',
      'plant(code: "x") { id lines { id } }',
      'models { edges { node { id } } }',
      'datasets { edges { node { id } } }',
    ])('is refused { %s }', async (selection) => {
      const { client } = await plant.edgeToken(plant.nodes[0] ?? lacking());
      const version = await plant.modelVersion();
      const code = plant.row.code;
      const query = `query ${selection.includes('$id') ? '($id: ID!)' : ''} { ${selection.replace('"x"', `"${code}"`)} }`;
      const { errors } = await client.ask(query, selection.includes('$id') ? { id: version.globalId } : {});
      expect(errors?.[0]?.extensions).toMatchObject({ code: 'FORBIDDEN' });
    });
  });
});

function lacking(): never {
  throw new Error('the seeded plant lacks a part');
}
