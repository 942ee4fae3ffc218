/** Arguments for every mutation that reach its access check and, where the caller may, do it. */
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { freshCode } from '../../support/seed.ts';
import type { AccessWorld } from './access-world.ts';

/** By field: the input or the arguments, made anew for each call. */
export function mutationCalls(world: AccessWorld): Record<string, () => Record<string, unknown>> {
  const { plant, recording } = world;
  const plantId = plant.globalId;
  const [seeded] = plant.lines;
  const [node] = plant.nodes;
  const [camera] = plant.cameras;
  const [station] = seeded?.stations ?? [];
  if (!seeded || !node || !camera || !station) throw new Error('the plant lacks a part');
  const named = () => ({ code: freshCode('made'), name: 'Made' });
  const password = 'a long password';
  const cameraId = encodeGlobalId('Camera', camera.id);
  const datasetVersionId = encodeGlobalId('DatasetVersion', recording.version.datasetVersionId);
  const modelVersionId = recording.version.globalId;
  const at = new Date().toISOString();

  return {
    signIn: () => ({ email: `${freshCode('nobody')}@lehr.test`, password }),
    createFirstAdministrator: () => ({ code: 'x', email: 'x@lehr.test', name: 'x', password }),
    createPlant: () => ({ ...named(), sector: 'GLASS', timeZone: 'Europe/Berlin' }),
    createArea: () => ({ ...named(), plantId }),
    createLine: () => ({ ...named(), areaId: encodeGlobalId('Area', plant.area.id) }),
    createStation: () => ({ ...named(), lineId: encodeGlobalId('Line', seeded.line.id) }),
    createCamera: () => ({ ...named(), stationId: encodeGlobalId('Station', station.station.id) }),
    createEdgeNode: () => ({ ...named(), plantId }),
    createProduct: () => ({ ...named(), plantId }),
    createDataset: () => ({ ...named(), plantId }),
    createModel: () => ({ ...named(), plantId }),
    createDatasetVersion: () => ({ datasetId: world.datasetId }),
    addDatasetItems: () => ({
      datasetVersionId: world.draftVersionId,
      items: [{ imageSha256: world.imageSha256, label: 'good', split: 'TRAIN' }],
    }),
    freezeDatasetVersion: () => ({ datasetVersionId }),
    startTraining: () => ({ datasetVersionId, modelId: world.modelId, seed: 1, falseRejectTarget: 0.01 }),
    approveModelVersion: () => ({ modelVersionId, meaning: 'may run', password: 'not the password' }),
    assignModel: () => ({ approvalId: world.approvalId, cameraId }),
    createPerson: () => ({
      email: `${freshCode('made')}@lehr.test`,
      name: 'Made',
      password,
      memberships: [{ plantId, roles: ['VIEWER'] }],
    }),
    createToken: () => ({ plantId, name: 'Made', role: 'MES' }),
    revokeToken: () => ({ tokenId: world.spareTokenId }),
    recordInspections: () => ({ input: [recording.item()] }),
    reportNodeStatus: () => ({
      version: '1',
      sentAt: at,
      startedAt: at,
      outboxResults: 0,
      outboxImages: 0,
      deadLetters: 0,
      droppedFrames: 0,
      machineConnected: true,
      cameras: [{ cameraId, framesTaken: 1 }],
      machines: [],
    }),
    // last: it ends the caller's session
    signOut: () => ({}),
  };
}
