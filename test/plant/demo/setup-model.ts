/** Teaches the demo's first model the way people do: images in, a person's decision, a frozen version, training, approval, assignment. */
import type { DemoClient } from './graphql-client.ts';
import { input } from './graphql-client.ts';
import { PLANT_CODE } from './setup-plant.ts';
import { type TrainingImage, uploadImages } from './upload-images.ts';

export interface DemoModel {
  /** Code of the data set and of the model; another source of images has another code. */
  code: string;
  name: string;
  images: () => Promise<TrainingImage[]>;
}

export interface Team {
  quality: DemoClient;
  ml: DemoClient;
  approver: DemoClient;
  approverPassword: string;
}

/** What some 130 images can promise with 90 % confidence; a lower share takes more of them. */
const FALSE_REJECT_TARGET = 0.05;
const SEED = 1;
const ITEMS_PER_CALL = 200;
const POLL_MS = 250;

interface ModelAnswer {
  plant: {
    id: string;
    models: { id: string; code: string; versions: { id: string; approvals: { id: string }[] }[] }[];
  };
  nodes: ({ assignment: { modelVersion: { id: string } } | null } | null)[];
}

const MODELS = `query ($code: String!, $cameras: [ID!]!) {
  plant(code: $code) { id models { id code versions { id approvals { id } } } }
  nodes(ids: $cameras) { ... on Camera { assignment { modelVersion { id } } } }
}`;

/** Sees to it that every camera runs an approved version of the wanted model. */
export async function setUpModel(
  team: Team,
  cameraIds: readonly string[],
  wanted: DemoModel,
  say: (text: string) => void,
): Promise<void> {
  const { plant, nodes } = await team.ml.run<ModelAnswer>(MODELS, { code: PLANT_CODE, cameras: cameraIds });
  const model = plant.models.find((candidate) => candidate.code === wanted.code);
  const trained = model?.versions.at(-1);
  const versionId = trained?.id ?? (await train(team, plant.id, model?.id, wanted, say));

  const approvalId = trained?.approvals[0]?.id ?? (await approve(team, versionId));
  for (const [index, cameraId] of cameraIds.entries()) {
    if (nodes[index]?.assignment?.modelVersion.id === versionId) continue;
    await team.approver.act('assignModel', 'ModelAssignment', 'id', ...input('assignModel', { cameraId, approvalId }));
  }
}

async function approve(team: Team, modelVersionId: string): Promise<string> {
  const values = { modelVersionId, meaning: 'demo bootstrap', password: team.approverPassword };
  const approval = await team.approver.act<{ id: string }>(
    'approveModelVersion',
    'Approval',
    'id',
    ...input('approveModelVersion', values),
  );
  return approval.id;
}

async function train(
  team: Team,
  plantId: string,
  knownModelId: string | undefined,
  wanted: DemoModel,
  say: (text: string) => void,
): Promise<string> {
  const images = await wanted.images();
  say(`first model: ${images.length} images of good parts go into the data set`);
  const hashes = await uploadImages(team.quality, images);
  const datasetVersionId = await freeze(team.quality, plantId, wanted, hashes);

  const modelValues = { plantId, code: wanted.code, name: wanted.name };
  const modelId =
    knownModelId ??
    (await team.ml.act<{ id: string }>('createModel', 'Model', 'id', ...input('createModel', modelValues))).id;
  const runValues = { modelId, datasetVersionId, seed: SEED, falseRejectTarget: FALSE_REJECT_TARGET };
  const run = await team.ml.act<{ id: string }>(
    'startTraining',
    'TrainingRun',
    'id',
    ...input('startTraining', runValues),
  );
  return await followTraining(team.ml, run.id, say);
}

async function freeze(
  client: DemoClient,
  plantId: string,
  wanted: DemoModel,
  hashes: readonly string[],
): Promise<string> {
  const { datasets } = await client.run<{
    datasets: {
      edges: { node: { id: string; code: string; versions: { id: string; state: string; itemCount: number }[] } }[];
    };
  }>(
    'query ($plantId: ID!) { datasets(plantId: $plantId, first: 100) { edges { node { id code versions { id state itemCount } } } } }',
    {
      plantId,
    },
  );
  const known = datasets.edges.map((edge) => edge.node).find((dataset) => dataset.code === wanted.code);
  const frozen = known?.versions.find((version) => version.state === 'FROZEN');
  if (frozen) return frozen.id;

  const datasetValues = { plantId, code: wanted.code, name: wanted.name };
  const datasetId =
    known?.id ??
    (await client.act<{ id: string }>('createDataset', 'Dataset', 'id', ...input('createDataset', datasetValues))).id;
  const draft = known?.versions.find((version) => version.state === 'DRAFT');
  const argument = { datasetId: { type: 'ID!', value: datasetId } };
  const datasetVersionId =
    draft?.id ??
    (
      await client.act<{ id: string }>(
        'createDatasetVersion',
        'DatasetVersion',
        'id',
        '(datasetId: $datasetId)',
        argument,
      )
    ).id;

  for (let start = 0; start < hashes.length; start += ITEMS_PER_CALL) {
    const items = hashes
      .slice(start, start + ITEMS_PER_CALL)
      .map((imageSha256) => ({ imageSha256, label: 'good', split: 'TRAIN' }));
    await client.act(
      'addDatasetItems',
      'DatasetVersion',
      'id',
      ...input('addDatasetItems', { datasetVersionId, items }),
    );
  }
  const version = { datasetVersionId: { type: 'ID!', value: datasetVersionId } };
  await client.act('freezeDatasetVersion', 'DatasetVersion', 'id', '(datasetVersionId: $datasetVersionId)', version);
  return datasetVersionId;
}

interface RunAnswer {
  node: {
    state: string;
    progress: number;
    step: string | null;
    error: string | null;
    modelVersion: { id: string } | null;
  };
}

const RUN =
  'query ($id: ID!) { node(id: $id) { ... on TrainingRun { state progress step error modelVersion { id } } } }';

async function followTraining(client: DemoClient, runId: string, say: (text: string) => void): Promise<string> {
  let said = '';
  for (;;) {
    const { node } = await client.run<RunAnswer>(RUN, { id: runId });
    if (node.state === 'FAILED')
      throw new Error(`the training of the first model failed: ${node.error ?? 'no reason given'}`);
    if (node.modelVersion) return node.modelVersion.id;
    const tenth = Math.floor(node.progress * 10) * 10;
    const text = `first model: ${tenth} %`;
    if (text !== said) say(`${text}, ${node.step ?? 'queued'}`);
    said = text;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
