/** The cases of the wings images and labelling. */
import { expect } from 'vitest';
import { PASSWORD } from '../../support/seed.ts';
import { seedPool } from '../../support/seed-pool.ts';
import { type AuditCase, type AuditCases, type AuditWorld, keptOf, keyIn, owner } from './audit-case.ts';

const inPlant = ({ plant }: AuditWorld) => ({ plantId: plant.globalId });
const onPlant = (action: string, { plant }: AuditWorld, detail: Record<string, unknown>) => {
  return { action, type: 'Plant', id: plant.row.id, detail };
};

/** An image of the pool that nobody has labelled. */
export async function freshImage({ server, plant }: AuditWorld): Promise<string> {
  const [sha256 = ''] = await seedPool(server.db, plant.row.id, 1);
  return sha256;
}

export const imagesCases: AuditCases = {
  tagPoolImages: {
    as: owner,
    values: (world) => ({ ...inPlant(world), imageSha256s: [world.imageSha256], add: ['audited'], remove: [] }),
    entry: (world) =>
      onPlant('pool.tag', world, { images: 1, add: ['audited'], remove: [], selection: expect.any(Object) }),
  },
  savePoolView: {
    as: owner,
    values: (world) => ({ ...inPlant(world), name: 'audited', question: { tag: 'audited' }, isShared: true }),
    selection: 'id',
    entry(world, { id }) {
      world.kept.set('view', String(id));
      const after = { name: 'audited', isShared: true, question: { tag: 'audited' } };
      return {
        action: 'pool_view.save',
        type: 'PoolView',
        id: keyIn(id),
        detail: { name: 'audited', before: null, after },
      };
    },
  },
  deletePoolView: {
    as: owner,
    values: (world) => ({ ...inPlant(world), name: 'audited' }),
    entry(world) {
      const before = { name: 'audited', isShared: true, question: { tag: 'audited' } };
      const detail = { name: 'audited', before, after: null };
      return { action: 'pool_view.delete', type: 'PoolView', id: keyIn(keptOf(world, 'view')), detail };
    },
  },
  findLabelErrors: {
    as: owner,
    values: inPlant,
    entry: (world) => onPlant('labels.judge', world, {}),
  },
  setRetentionRules: {
    as: owner,
    values: (world) => ({ ...inPlant(world), rules: [{ kind: 'PASS', keepDays: 40 }] }),
    entry: (world) => onPlant('retention.set_rules', world, { before: { pass: 30 }, after: { pass: 40 } }),
  },
  startRetentionDryRun: {
    as: owner,
    async values(world) {
      // the world's own look has its list, which nobody carries out
      const { db } = world.server;
      await db
        .updateTable('retention_run')
        .set({ state: 'failed' })
        .where('plant_id', '=', world.plant.row.id)
        .execute();
      return inPlant(world);
    },
    selection: 'id',
    entry(world, { id }) {
      world.kept.set('dry run', String(id));
      const detail = { rules: { pass: 40 }, dryRunId: null };
      return { action: 'retention.dry_run', type: 'RetentionRun', id: keyIn(id), detail };
    },
  },
  startRetentionRun: {
    as: owner,
    async values(world) {
      const ended = { state: 'succeeded' as const, finished_at: new Date(), counts: '{}' };
      const id = keyIn(keptOf(world, 'dry run'));
      await world.server.db.updateTable('retention_run').set(ended).where('id', '=', id).execute();
      return { dryRunId: keptOf(world, 'dry run') };
    },
    selection: 'id',
    entry(world, { id }) {
      const detail = { rules: { pass: 40 }, dryRunId: keyIn(keptOf(world, 'dry run')) };
      return { action: 'retention.run', type: 'RetentionRun', id: keyIn(id), detail };
    },
  },
};

/** An act on the draft of the defect book. */
function onBook(
  action: string,
  values: (world: AuditWorld) => Record<string, unknown> | Promise<Record<string, unknown>>,
  detail: (world: AuditWorld) => Record<string, unknown>,
): AuditCase {
  return {
    as: owner,
    values: async (world) => ({ defectBookId: keptOf(world, 'book'), ...(await values(world)) }),
    entry: (world) => ({ action, type: 'DefectBook', id: keyIn(keptOf(world, 'book')), detail: detail(world) }),
  };
}

const code = 'audited';
const classFacts = expect.objectContaining({ code, name: 'Audited', severity: 'minor', revision: 1 });

export const labellingCases: AuditCases = {
  openDefectBook: {
    as: owner,
    values: (world) => ({ ...inPlant(world), template: 'EMPTY' }),
    selection: 'id',
    entry(world, { id }) {
      world.kept.set('book', String(id));
      const after = { number: expect.any(Number), template: null, basedOn: expect.any(Number) };
      return { action: 'book.open', type: 'DefectBook', id: keyIn(id), detail: { before: null, after } };
    },
  },
  putDefectClass: onBook(
    'book.class',
    () => ({ code, name: 'Audited', definition: 'What it is.', severity: 'MINOR' }),
    () => ({ code, before: null, after: classFacts }),
  ),
  putDefectExample: onBook(
    'book.example',
    ({ imageSha256 }) => ({ code, imageSha256, isDefect: true, note: 'clear' }),
    ({ imageSha256 }) => ({ code, imageSha256, before: null, after: { isDefect: true, note: 'clear' } }),
  ),
  removeDefectExample: onBook(
    'book.example-removed',
    ({ imageSha256 }) => ({ code, imageSha256 }),
    ({ imageSha256 }) => ({ code, imageSha256, before: { isDefect: true, note: 'clear' }, after: null }),
  ),
  removeDefectClass: onBook(
    'book.class-removed',
    () => ({ code }),
    () => ({ code, before: classFacts, after: null }),
  ),
  signDefectBook: onBook(
    'book.sign',
    async (world) => {
      // something must have changed since the version before
      const changed = { code, name: 'Audited', definition: 'What it is.', severity: 'MINOR' };
      await owner(world).act('putDefectClass', 'id', { defectBookId: keptOf(world, 'book'), ...changed });
      return { meaning: 'for the audit', password: PASSWORD };
    },
    () => ({
      ...{ meaning: 'for the audit', contentHash: expect.any(String) },
      ...{ before: { state: 'draft' }, after: { state: 'signed' } },
    }),
  ),
  openRecheck: onBook(
    'review.recheck',
    () => ({}),
    () => ({ opened: expect.any(Number), already: expect.any(Number) }),
  ),
  discardDefectBook: {
    as: owner,
    async values(world) {
      const opened = { ...inPlant(world), template: 'EMPTY' };
      world.kept.set('discarded', (await owner(world).act<{ id: string }>('openDefectBook', 'id', opened)).id);
      return { defectBookId: keptOf(world, 'discarded') };
    },
    entry(world) {
      const detail = { before: { number: expect.any(Number), state: 'draft' }, after: null };
      return { action: 'book.discard', type: 'DefectBook', id: keyIn(keptOf(world, 'discarded')), detail };
    },
  },
  openReview: {
    as: owner,
    async values(world) {
      world.kept.set('image', await freshImage(world));
      return { ...inPlant(world), imageSha256s: [keptOf(world, 'image')], purpose: 'LABEL' };
    },
    entry: (world) => onPlant('review.open', world, { purpose: 'label', opened: 1, already: 0 }),
  },
  claimReviewItems: {
    as: owner,
    values: (world) => ({ ...inPlant(world), count: 1, filter: { imageSha256s: [keptOf(world, 'image')] } }),
    selection: 'items { id }',
    entry(world, { items }) {
      world.kept.set('item', (items as { id: string }[])[0]?.id ?? '');
      return exemptEntry;
    },
  },
  renewReviewClaims: {
    as: owner,
    values: (world) => ({ itemIds: [keptOf(world, 'item')] }),
    selection: 'items { id }',
    entry(world, { items }) {
      expect(items).toEqual([{ id: keptOf(world, 'item') }]);
      return exemptEntry;
    },
  },
  releaseReviewItems: {
    as: owner,
    values: (world) => ({ itemIds: [keptOf(world, 'item')] }),
    selection: 'released',
    entry(_world, { released }) {
      expect(released).toBe(1);
      return exemptEntry;
    },
  },
  saveReviewSketch: {
    as: owner,
    values: (world) => ({ ...inPlant(world), imageSha256: keptOf(world, 'image'), document: { steps: 1 } }),
    selection: 'savedAt',
    entry(_world, { savedAt }) {
      expect(savedAt).toEqual(expect.any(String));
      return exemptEntry;
    },
  },
  annotateImage: {
    as: owner,
    values: (world) => ({ ...inPlant(world), imageSha256: keptOf(world, 'image'), label: 'good' }),
    selection: 'id',
    entry(world, { id }) {
      world.kept.set('annotation', String(id));
      const said = { imageSha256: keptOf(world, 'image'), label: 'good', regions: 0, origin: 'direct' };
      const detail = { ...said, before: { label: null }, after: { label: 'good' } };
      return { action: 'label.say', type: 'Annotation', id: keyIn(id), detail };
    },
  },
  restoreAnnotation: {
    as: owner,
    async values(world) {
      const said = { ...inPlant(world), imageSha256: keptOf(world, 'image'), label: 'class-0' };
      await owner(world).act('annotateImage', 'id', said);
      return { annotationId: keptOf(world, 'annotation') };
    },
    selection: 'id',
    entry(world, { id }) {
      const said = { imageSha256: keptOf(world, 'image'), label: 'good', regions: 0, origin: 'restore' };
      const detail = { ...said, before: { label: 'class-0' }, after: { label: 'good' } };
      return { action: 'label.say', type: 'Annotation', id: keyIn(id), detail };
    },
  },
  addKnownAnswers: {
    as: owner,
    values: (world) => ({ ...inPlant(world), imageSha256s: [keptOf(world, 'image')] }),
    entry: (world) => onPlant('review.known', world, { count: 1, added: [keptOf(world, 'image')] }),
  },
  removeKnownAnswers: {
    as: owner,
    values: (world) => ({ ...inPlant(world), imageSha256s: [keptOf(world, 'image')] }),
    entry: (world) => onPlant('review.known', world, { count: 1, removed: [keptOf(world, 'image')] }),
  },
  setAgreementRules: {
    as: owner,
    values: (world) => ({ ...inPlant(world), rules: [{ label: 'class-0', reviewers: 2 }] }),
    entry(world) {
      const before = { rules: expect.arrayContaining([{ label: 'class-0', reviewers: 1 }]) };
      const after = { rules: [{ label: 'class-0', reviewers: 2 }] };
      return onPlant('review.rules', world, { before, after });
    },
  },
  setReviewSettings: {
    as: owner,
    values: (world) => ({ ...inPlant(world), knownShare: 0.1 }),
    entry: (world) => onPlant('review.settings', world, { before: { knownShare: 0 }, after: { knownShare: 0.1 } }),
  },
  suggestLabel: {
    as: owner,
    values: ({ labels }) => ({ inspectionId: labels.inspectionId, kind: 'REJECT_WAS_RIGHT' }),
    entry(world) {
      const detail = { before: null, after: { kind: 'reject_was_right' } };
      return { action: 'label.suggest', type: 'Inspection', id: keyIn(world.labels.inspectionId), detail };
    },
  },
};

/** Of a mutation that `exemptions.ts` lists: there is no entry. */
const exemptEntry = { action: 'none', type: '', id: '', detail: {} };
