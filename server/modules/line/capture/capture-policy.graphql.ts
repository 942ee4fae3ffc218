/** What edge nodes are asked to keep: names and shapes only; the rules are in `capture-policy.service.ts`. */
import { conditionNames } from '#schema/production-context.ts';
import { READERS, READERS_AND_NODES, SETTERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { EdgeNodeRef, PlantRef } from '../../plant/parts/plants.ref.ts';
import type { CountedQuota } from './capture.queries.ts';
import type { CapturePolicyRow, CaptureQuotaRow } from './capture.table.ts';
import {
  closeCaptureQuota,
  loadCapturePolicy,
  loadCaptureQuotas,
  openCaptureQuota,
  setCapturePolicy,
} from './capture-policy.service.ts';

const readersAndNodes = { roles: READERS_AND_NODES };

const says = {
  auditFraction: 'How likely the image of any part is kept, whatever else holds.',
  uncertainProbability: 'How likely that of an uncertain part is kept.',
  rejectProbability: 'How likely that of a reject is kept.',
  bytesPerDay: 'How much a node may keep a day; null: as much as its outbox holds.',
  cell: `Conditions with a value, or \`{ min, max }\` (max excluded); an image belongs to it when all fit. Conditions: ${conditionNames.join(', ')}.`,
  probability: 'How likely an image that belongs to it is kept.',
};

const CaptureQuotaRef = builder.objectRef<CountedQuota>('CaptureQuota').implement({
  description: 'Images that are wanted of one cell of conditions.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    id: t.id({ description: 'To close it.', resolve: (quota) => encodeGlobalId('CaptureQuota', quota.id) }),
    cell: t.expose('cell', { type: 'JSON', description: says.cell }),
    wanted: t.exposeInt('wanted', { description: 'So many in all.' }),
    remaining: t.exposeInt('remaining', { description: 'So many are missing; one that was lost is missing again.' }),
    probability: t.exposeFloat('probability', { description: says.probability }),
    openedAt: t.expose('opened_at', { type: 'DateTime', description: 'Since when.' }),
  }),
});

const CapturePolicyRef = builder.objectRef<CapturePolicyRow>('CapturePolicy').implement({
  description: 'How likely images are kept. Every image is drawn for once, and the probability stays with its result.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    auditFraction: t.exposeFloat('audit_fraction', { description: says.auditFraction }),
    uncertainProbability: t.exposeFloat('uncertain_probability', { description: says.uncertainProbability }),
    rejectProbability: t.exposeFloat('reject_probability', { description: says.rejectProbability }),
    bytesPerDay: t.exposeFloat('bytes_per_day', { nullable: true, description: says.bytesPerDay }),
    changedAt: t.expose('changed_at', { type: 'DateTime', description: 'When it was last changed.' }),
    quotas: t.field({
      type: [CaptureQuotaRef],
      description: 'Open quotas of the plant that lack images, oldest first.',
      resolve: async (policy, _args, context) =>
        (await loadCaptureQuotas(context, policy.plant_id)).filter(({ remaining }) => remaining > 0),
    }),
  }),
});

const ClosedQuotaRef = builder.objectRef<CaptureQuotaRow>('ClosedCaptureQuota').implement({
  description: 'A quota that nobody collects for any more.',
  authScopes: { roles: SETTERS },
  fields: (t) => ({
    id: t.id({ description: 'Which one.', resolve: (quota) => encodeGlobalId('CaptureQuota', quota.id) }),
    closedAt: t.expose('closed_at', { type: 'DateTime', nullable: true, description: 'When it was closed.' }),
  }),
});

builder.objectField(EdgeNodeRef, 'capturePolicy', (t) =>
  t.field({
    type: CapturePolicyRef,
    nullable: true,
    authScopes: readersAndNodes,
    description: 'What it keeps: by its own policy, or by the plant’s; null: everything.',
    resolve: (node, _args, context) => loadCapturePolicy(context, node.plant_id, node.id),
  }),
);

builder.objectFields(PlantRef, (t) => ({
  capturePolicy: t.field({
    type: CapturePolicyRef,
    nullable: true,
    authScopes: { roles: READERS },
    description: 'What nodes keep that have no policy of their own; null: everything.',
    resolve: (plant, _args, context) => loadCapturePolicy(context, plant.id, null),
  }),
  captureQuotas: t.field({
    type: [CaptureQuotaRef],
    authScopes: { roles: READERS },
    description: 'Open quotas, oldest first; those that have all their images, too.',
    resolve: (plant, _args, context) => loadCaptureQuotas(context, plant.id),
  }),
}));

const SetCapturePolicyInput = builder.inputType('SetCapturePolicyInput', {
  description: 'How likely images are kept.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant.' }),
    edgeNodeId: t.id({ description: 'For this node only; left out: for all that have no policy of their own.' }),
    auditFraction: t.float({ required: true, description: `${says.auditFraction} Above 0.` }),
    uncertainProbability: t.float({ required: true, description: says.uncertainProbability }),
    rejectProbability: t.float({ required: true, description: says.rejectProbability }),
    bytesPerDay: t.float({ description: 'How much a node may keep a day; left out: as much as its outbox holds.' }),
  }),
});

const OpenCaptureQuotaInput = builder.inputType('OpenCaptureQuotaInput', {
  description: 'Images that are wanted.',
  fields: (t) => ({
    plantId: t.id({ required: true, description: 'The plant.' }),
    cell: t.field({ type: 'JSON', required: true, description: says.cell }),
    wanted: t.int({ required: true, description: 'So many.' }),
    probability: t.float({ required: true, description: says.probability }),
  }),
});

builder.mutationFields((t) => ({
  setCapturePolicy: t.field({
    type: CapturePolicyRef,
    description: 'Says which images the nodes of a plant keep, in place of what was said before.',
    authScopes: { roles: SETTERS },
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { input: t.arg({ type: SetCapturePolicyInput, required: true, description: 'The policy.' }) },
    resolve: (_root, { input }, context) => setCapturePolicy(context, input),
  }),
  openCaptureQuota: t.field({
    type: CaptureQuotaRef,
    description: 'Asks the nodes of a plant for images of certain conditions.',
    authScopes: { roles: SETTERS },
    errors: { types: [InvalidInputError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: OpenCaptureQuotaInput, required: true, description: 'What is wanted.' }) },
    resolve: (_root, { input }, context) => openCaptureQuota(context, input),
  }),
  closeCaptureQuota: t.field({
    type: ClosedQuotaRef,
    description: 'Ends the collection of a quota; what was kept stays.',
    authScopes: { roles: SETTERS },
    errors: { types: [InvalidInputError, NotFoundError, ConflictError] },
    args: { id: t.arg.id({ required: true, description: 'The quota.' }) },
    resolve: (_root, { id }, context) => closeCaptureQuota(context, id),
  }),
}));
