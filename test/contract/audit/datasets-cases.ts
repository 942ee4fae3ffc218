/** The cases of the wings datasets, models and releases. */
import { mkdir, writeFile } from 'node:fs/promises';
import { expect } from 'vitest';
import { importUploadFolder, importUploadPath } from '../../../server/kit/paths.ts';
import { freshCode, PASSWORD } from '../../support/seed.ts';
import { seedPool } from '../../support/seed-pool.ts';
import {
  type AuditCase,
  type AuditCases,
  type AuditWorld,
  approver,
  keptOf,
  keyIn,
  owner,
  partsOf,
} from './audit-case.ts';

const inPlant = ({ plant }: AuditWorld) => ({ plantId: plant.globalId });
const IMAGES = 9;

function made(type: string, thing: string): AuditCase {
  return {
    as: owner,
    values(world) {
      world.kept.set(`${type} code`, freshCode('audited'));
      return { ...inPlant(world), code: keptOf(world, `${type} code`), name: 'Made' };
    },
    selection: 'id',
    entry(world, { id }) {
      world.kept.set(type, String(id));
      const after = { code: keptOf(world, `${type} code`), name: 'Made' };
      return { action: `${thing}.create`, type, id: keyIn(id), detail: { before: null, after } };
    },
  };
}

/** An act on the draft, by its id as an argument or in an input. */
function onDraft(
  action: string,
  values: (world: AuditWorld) => Record<string, unknown> | Promise<Record<string, unknown>>,
  detail: (world: AuditWorld) => Record<string, unknown>,
): AuditCase {
  return {
    as: owner,
    values: async (world) => ({ datasetVersionId: keptOf(world, 'draft'), ...(await values(world)) }),
    entry: (world) => ({ action, type: 'DatasetVersion', id: keyIn(keptOf(world, 'draft')), detail: detail(world) }),
  };
}

const policy = { validationShare: 0, goldenShare: 0, seed: 1, neighbourMs: 0, keepBatches: false };
const assignment = { assignment: expect.any(String), modelVersion: expect.any(String), approval: expect.any(String) };

export function split(world: AuditWorld, dryRun: boolean): Record<string, unknown> {
  return { datasetVersionId: keptOf(world, 'draft'), policy, dryRun };
}

export const datasetsCases: AuditCases = {
  createDataset: made('Dataset', 'dataset'),
  createDatasetVersion: {
    as: owner,
    values: (world) => ({ datasetId: keptOf(world, 'Dataset') }),
    selection: 'id',
    entry(world, { id }) {
      world.kept.set('draft', String(id));
      const detail = { before: null, after: { number: 1, basedOn: null } };
      return { action: 'dataset.open', type: 'DatasetVersion', id: keyIn(id), detail };
    },
  },
  addDatasetItems: onDraft(
    'dataset.decide',
    async ({ server, plant }) => {
      const images = await seedPool(server.db, plant.row.id, IMAGES);
      return { items: images.map((imageSha256) => ({ imageSha256, label: 'good', split: 'TRAIN' })) };
    },
    () => ({ items: IMAGES, contentHash: expect.any(String) }),
  ),
  addDatasetItemsByFilter: onDraft(
    'dataset.decide',
    (world) => ({ filter: { imageSha256s: [keptOf(world, 'image')] } }),
    () => ({ filter: expect.any(String), written: 1, items: IMAGES + 1 }),
  ),
  removeDatasetItems: onDraft(
    'dataset.remove',
    (world) => ({ imageSha256s: [keptOf(world, 'image')] }),
    (world) => ({ items: 1, images: keptOf(world, 'image') }),
  ),
  addGoldenImages: golden('golden.add', { condition: 'amber' }, 0),
  removeGoldenImages: golden('golden.remove', {}, 1),
  checkDatasetVersion: onDraft(
    'dataset.check',
    () => ({}),
    () => ({ revision: expect.any(Number) }),
  ),
  splitDatasetVersion: onDraft(
    'dataset.split',
    (world) => split(world, false),
    () => ({ moved: 0, newGolden: 0, before: { policy: null }, after: { policy } }),
  ),
  freezeDatasetVersion: onDraft(
    'dataset.freeze',
    () => ({}),
    () => ({
      ...{ items: IMAGES, contentHash: expect.any(String) },
      ...{ before: { state: 'draft' }, after: { state: 'frozen' } },
    }),
  ),
  startDatasetExport: {
    as: owner,
    values: (world) => ({ datasetVersionId: keptOf(world, 'draft'), format: 'COCO' }),
    selection: 'id',
    entry(world, { id }) {
      world.kept.set('set export', String(id));
      const detail = { format: 'coco', version: 1 };
      return { action: 'dataset-export.start', type: 'DatasetExport', id: keyIn(id), detail };
    },
  },
  cancelDatasetExport: {
    as: owner,
    values: (world) => ({ id: keptOf(world, 'set export') }),
    entry(world) {
      const detail = { before: { state: 'queued' }, after: { state: 'cancelled' } };
      return { action: 'dataset-export.cancel', type: 'DatasetExport', id: keyIn(keptOf(world, 'set export')), detail };
    },
  },
  startDatasetImport: {
    as: owner,
    async values(world) {
      const { home } = world.server.config;
      await mkdir(importUploadFolder(home, world.plant.row.id), { recursive: true });
      await writeFile(importUploadPath(home, world.plant.row.id, 'audited.zip'), 'not read here');
      return { ...inPlant(world), source: 'audited.zip' };
    },
    selection: 'id',
    entry(world, { id }) {
      world.kept.set('import', String(id));
      const detail = { source: 'audited.zip', options: expect.objectContaining({ labels: 'decide' }) };
      return { action: 'import.start', type: 'DatasetImport', id: keyIn(id), detail };
    },
  },
  cancelDatasetImport: {
    as: owner,
    values: (world) => ({ id: keptOf(world, 'import') }),
    entry(world) {
      const detail = { counts: expect.any(Object), before: { state: 'queued' }, after: { state: 'cancelled' } };
      return { action: 'import.cancel', type: 'DatasetImport', id: keyIn(keptOf(world, 'import')), detail };
    },
  },
};

function golden(action: string, also: Record<string, unknown>, wereGolden: number): AuditCase {
  return {
    as: owner,
    async values(world) {
      if (wereGolden === 0) world.kept.set('golden', (await seedPool(world.server.db, world.plant.row.id, 1))[0] ?? '');
      return { ...inPlant(world), imageSha256s: [keptOf(world, 'golden')], ...also };
    },
    entry(world) {
      const detail = { ...also, images: 1, wereGolden, first: keptOf(world, 'golden') };
      return { action, type: 'Plant', id: world.plant.row.id, detail };
    },
  };
}

export const modelsCases: AuditCases = {
  createModel: made('Model', 'model'),
  startTraining: {
    as: owner,
    values: (world) => ({
      ...{ datasetVersionId: keptOf(world, 'draft'), modelId: keptOf(world, 'Model') },
      ...{ seed: 1, falseRejectTarget: 0.01 },
    }),
    selection: 'id',
    entry(world, { id }) {
      const on = { model: keyIn(keptOf(world, 'Model')), datasetVersion: keyIn(keptOf(world, 'draft')) };
      const detail = { ...on, seed: 1, falseRejectTarget: 0.01 };
      return { action: 'training.start', type: 'TrainingRun', id: keyIn(id), detail };
    },
  },
  approveModelVersion: {
    as: approver,
    values: ({ recording }) => ({
      ...{ modelVersionId: recording.version.globalId, meaning: 'for the audit', password: PASSWORD },
    }),
    selection: 'id',
    entry(world, { id }) {
      world.kept.set('approval', String(id));
      const detail = { approval: keyIn(id), meaning: 'for the audit', artifactSha256: expect.any(String) };
      return { action: 'model.approve', type: 'ModelVersion', id: keyIn(world.recording.version.globalId), detail };
    },
  },
  assignModel: {
    as: approver,
    values: (world) => ({ cameraId: partsOf(world).cameraId, approvalId: keptOf(world, 'approval') }),
    entry(world) {
      const after = { ...assignment, approval: keyIn(keptOf(world, 'approval')) };
      return {
        action: 'model.assign',
        type: 'Camera',
        id: keyIn(partsOf(world).cameraId),
        detail: { before: assignment, after },
      };
    },
  },
  endShadow: {
    as: approver,
    async values(world) {
      const { cameraId } = partsOf(world);
      const shadow = { cameraId, approvalId: keptOf(world, 'approval'), isShadow: true };
      await approver(world).act('assignModel', 'id', shadow);
      return { cameraId };
    },
    entry(world) {
      const detail = { before: assignment, after: null };
      return { action: 'model.end-shadow', type: 'Camera', id: keyIn(partsOf(world).cameraId), detail };
    },
  },
};
