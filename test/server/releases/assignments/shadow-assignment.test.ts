/** A model in shadow: beside the one that judges, by an approval like it, and without a say. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../../server/kit/global-id.ts';
import { newId } from '../../../../server/kit/ids.ts';
import { databases } from '../../../support/database.ts';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';
import { type RecordingPlant, record, recordingPlant } from '../../line/inspections/recording.ts';

describe.each(databases())('a model in shadow on %s', (kind) => {
  let server: TestServer;
  let recording: RecordingPlant;
  let approver: TestClient;
  let node: TestClient;
  let cameraId: string;

  beforeAll(async () => {
    server = await openTestServer(kind);
  });
  afterAll(() => server.close());
  beforeEach(async () => {
    recording = await recordingPlant(createSeed(server));
    approver = (await recording.plant.person('approver')).client;
    const [first] = recording.nodes;
    if (!first) throw new Error('seeded');
    node = first.client;
    cameraId = encodeGlobalId('Camera', recording.plant.cameras[0]?.id ?? '');
  });

  const approved = async () => {
    const version = await recording.plant.modelVersion();
    const approval = await version.approve();
    return { version, approvalId: encodeGlobalId('Approval', approval.id) };
  };
  const assign = (approvalId: string, isShadow: boolean) =>
    approver.act<{ id: string }>('assignModel', 'id isShadow modelVersion { id }', { cameraId, approvalId, isShadow });
  const endShadow = () => approver.act('endShadow', 'shadowAssignment { id }', { cameraId });
  /** Ids of the versions that judge and that only watch, as the node's plan has them. */
  const planned = async () => {
    const one = '{ isShadow modelVersion { id artifact { sha256 } } }';
    const { viewer } = await node.read<{
      viewer: { edgeNode: { stations: { cameras: Record<string, { modelVersion: { id: string } } | null>[] }[] } };
    }>(`{ viewer { edgeNode { stations { cameras { assignment ${one} shadowAssignment ${one} } } } } }`);
    const camera = viewer.edgeNode.stations[0]?.cameras[0];
    return [camera?.assignment?.modelVersion.id, camera?.shadowAssignment?.modelVersion.id];
  };
  const told = async () => {
    const rows = await server.db
      .selectFrom('event')
      .select('kind')
      .where('plant_id', '=', recording.plant.row.id)
      .where('kind', 'like', 'model.%')
      .orderBy('position')
      .execute();
    return rows.map((row) => row.kind);
  };

  it('runs beside the one that judges, is replaced by the next one, and ended', async () => {
    const judging = recording.version.globalId;
    expect(await planned()).toEqual([judging, undefined]);
    const [first, second] = [await approved(), await approved()];
    expect(await assign(first.approvalId, true)).toMatchObject({ isShadow: true });
    expect(await planned()).toEqual([judging, first.version.globalId]);
    await assign(second.approvalId, true);
    expect(await planned()).toEqual([judging, second.version.globalId]);
    await assign(first.approvalId, false);
    expect(await planned()).toEqual([first.version.globalId, second.version.globalId]);
    expect(await endShadow()).toMatchObject({ __typename: 'Camera', shadowAssignment: null });
    expect(await planned()).toEqual([first.version.globalId, undefined]);
    expect(await endShadow()).toMatchObject({ __typename: 'ConflictError', field: 'cameraId' });
    expect(await told()).toEqual([
      'model.shadow_assigned',
      'model.shadow_assigned',
      'model.assigned',
      'model.shadow_ended',
    ]);
  });

  it('records no result', async () => {
    const { version, approvalId } = await approved();
    await assign(approvalId, true);
    const { items } = await record(node, [recording.item({ modelVersionId: version.globalId })]);
    expect(items).toMatchObject([{ outcome: 'REFUSED', field: 'modelVersionId' }]);
  });

  it('is one for each camera, and stands on an approval, as the database has it', async () => {
    const { approvalId } = await approved();
    await assign(approvalId, true);
    const current = await server.db
      .selectFrom('model_assignment')
      .selectAll()
      .where('plant_id', '=', recording.plant.row.id)
      .where('is_shadow', '=', true)
      .executeTakeFirstOrThrow();
    const insert = (over: object) =>
      server.db
        .insertInto('model_assignment')
        .values({ ...current, id: newId(), ...over })
        .execute();
    await expect(insert({})).rejects.toThrow(/model_assignment_current/);
    await expect(insert({ ended_at: new Date(), approval_id: newId() })).rejects.toThrow(/foreign key/);
  });
});
