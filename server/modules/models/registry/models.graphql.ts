/** Models, their versions and what people decided about them, in the schema: names and shapes only. */
import { READERS, READERS_AND_NODES } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { optionalKeyOf } from '../../../kit/global-id.ts';
import { artifactUrl } from '../../../kit/paths.ts';
import { DatasetVersionRef } from '../../datasets/versions/datasets.ref.ts';
import { loadDatasetVersion } from '../../datasets/versions/datasets.service.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { PlantRef } from '../../plant/parts/plants.ref.ts';
import { loadPart } from '../../plant/parts/plants.service.ts';
import { ApprovalRef, ModelRef, ModelVersionRef, SigningKeyRef } from './models.ref.ts';
import {
  findModelRow,
  listModels,
  listModelVersions,
  listSigningKeys,
  loadApprovals,
  loadModelRow,
  loadModelsOfPlant,
  loadSigningKey,
  loadVersionsOfModel,
} from './models.service.ts';
import type { ModelVersionRow } from './models.table.ts';

const readers = { roles: READERS };
const readersAndNodes = { roles: READERS_AND_NODES };

SigningKeyRef.implement({
  description: 'The public half of a key that signs model artifacts; edge nodes trust it by their configuration.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    id: t.exposeString('id', { description: 'First 16 hexadecimal digits of the SHA-256 of the public key.' }),
    publicKey: t.exposeString('public_key', { description: 'Ed25519, SPKI DER in base64.' }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was made known.' }),
  }),
});

const ArtifactRef = builder.objectRef<ModelVersionRow>('Artifact');
ArtifactRef.implement({
  description: 'The model’s one ONNX file, signed with Ed25519 over the 32 bytes of its SHA-256.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    sha256: t.expose('artifact_sha256', { type: 'Sha256', description: 'SHA-256 of the file.' }),
    sizeBytes: t.exposeInt('artifact_bytes', { description: 'Size of the file.' }),
    url: t.string({
      description: 'Path on this server; takes range requests.',
      resolve: (version) => artifactUrl(version.artifact_sha256.toString('hex')),
    }),
    signature: t.exposeString('signature', { description: 'In base64.' }),
    signingKey: t.field({
      type: SigningKeyRef,
      description: 'The key that signed.',
      resolve: (version, _args, context) => loadSigningKey(context, version.signing_key_id),
    }),
  }),
});

builder.node(ModelRef, {
  description: 'A model under which versions are trained for one purpose.',
  authScopes: readersAndNodes,
  id: { resolve: (model) => model.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => Promise.all(ids.map((id) => findModelRow(context, 'model', id))),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique in the plant.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    plant: t.field({
      type: PlantRef,
      description: 'The plant it belongs to.',
      resolve: (model, _args, context) => loadPart(context, 'plant', model.plant_id),
    }),
    versions: t.field({
      type: [ModelVersionRef],
      description: 'Its versions by number.',
      authScopes: readers,
      resolve: (model, _args, context) => loadVersionsOfModel(context, model.id),
    }),
  }),
});

builder.node(ModelVersionRef, {
  description: 'One trained state of a model: a signed ONNX file and its card. Never changes.',
  authScopes: readersAndNodes,
  id: { resolve: (version) => version.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) =>
    Promise.all(ids.map((id) => findModelRow(context, 'model_version', id))),
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'Counts from 1 in its model.' }),
    manifest: t.expose('manifest', { type: 'JSON', description: 'What the file says about itself.' }),
    metrics: t.expose('metrics', { type: 'JSON', description: 'What was measured when it was trained.' }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was trained.' }),
    artifact: t.field({ type: ArtifactRef, description: 'Its file.', resolve: (version) => version }),
    model: t.field({
      type: ModelRef,
      description: 'The model it is a version of.',
      resolve: (version, _args, context) => loadModelRow(context, 'model', version.model_id),
    }),
    datasetVersion: t.field({
      type: DatasetVersionRef,
      description: 'What it was taught on.',
      authScopes: readers,
      resolve: (version, _args, context) => loadDatasetVersion(context, version.dataset_version_id),
    }),
    approvals: t.field({
      type: [ApprovalRef],
      description: 'The signatures on it, oldest first.',
      authScopes: readers,
      resolve: (version, _args, context) => loadApprovals(context, version.id),
    }),
  }),
});

builder.node(ApprovalRef, {
  description: 'A person’s signature that a model version may run: who, when and what it means.',
  authScopes: readersAndNodes,
  id: { resolve: (approval) => approval.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => Promise.all(ids.map((id) => findModelRow(context, 'approval', id))),
  fields: (t) => ({
    approvedAt: t.expose('approved_at', { type: 'DateTime', description: 'When it was signed.' }),
    meaning: t.exposeString('meaning', { description: 'What the signature means.' }),
    modelVersion: t.field({
      type: ModelVersionRef,
      description: 'The version it is for.',
      resolve: (approval, _args, context) => loadModelRow(context, 'model_version', approval.model_version_id),
    }),
    person: t.field({
      type: PersonRef,
      description: 'Who signed.',
      authScopes: readers,
      resolve: (approval, _args, context) => loadPerson(context, approval.person_id),
    }),
  }),
});

builder.objectField(PlantRef, 'models', (t) =>
  t.field({
    type: [ModelRef],
    description: 'Its models, by code.',
    authScopes: readers,
    resolve: (plant, _args, context) => loadModelsOfPlant(context, plant.id),
  }),
);

builder.queryFields((t) => ({
  models: t.connection({
    type: ModelRef,
    description: 'Models in the order they were made.',
    authScopes: readers,
    args: { plantId: t.arg.id({ description: 'Only of this plant.' }) },
    resolve: (_root, args, context) => listModels(context, args, optionalKeyOf('Plant', args.plantId, 'plantId')),
  }),
  modelVersions: t.connection({
    type: ModelVersionRef,
    description: 'Model versions in the order they were trained.',
    authScopes: readers,
    args: { modelId: t.arg.id({ description: 'Only of this model.' }) },
    resolve: (_root, args, context) =>
      listModelVersions(context, args, optionalKeyOf('Model', args.modelId, 'modelId')),
  }),
  signingKeys: t.field({
    type: [SigningKeyRef],
    description: 'The public keys that model artifacts are signed with.',
    authScopes: readersAndNodes,
    resolve: (_root, _args, context) => listSigningKeys(context),
  }),
}));
