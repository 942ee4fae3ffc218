/**
 * `npm run import -- --url URL --plant CODE --data DIR|FILE.zip [--format auto|mvtec|folders|coco|yolo|voc|cvat|label_studio]
 * [--dataset CODE] [--test-is golden|validation] [--labels decide|suggest|none] [--map NAME=CODE]… [--empty-is-good] [--dry-run] [--json]`:
 * brings a set into a plant as the person LEHR_EMAIL. Exit code 0: all of it, 1: all but what is listed, 2: nothing more came in.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { type FormatName, formatNames, type Refused } from '../modules/datasets/exchange/formats/format.ts';
import { type Client, CommandError, signIn } from './client.ts';
import { type ExitCode, megabytes, runCommand, show, showDone, waitFor } from './command.ts';
import { sendFolder } from './send-folder.ts';

const LISTED = 50;
const counts = 'images taken added labelled pending regions refused items';
const fields = `id state progress error format foundImages classes { name images code } counts { ${counts} } reportUrl
  refused(first: ${LISTED}) { edges { node { path reason } } }`;

interface ImportAnswer {
  id: string;
  state: string;
  progress: number;
  error: string | null;
  format: string | null;
  foundImages: number | null;
  classes: { name: string; images: number; code: string | null }[];
  counts: Record<string, number>;
  reportUrl: string;
  refused: { edges: { node: Refused }[] };
}

await runCommand('import', async (signal): Promise<ExitCode> => {
  const options = readArguments();
  const client = await signIn(options.url, signal);
  const { plant } = await client.ask<{ plant: { id: string } | null }>(
    'query ($code: String!) { plant(code: $code) { id } }',
    {
      code: options.plant,
    },
  );
  if (!plant) throw new CommandError(`there is no plant "${options.plant}" that you may see`);
  const datasetVersionId =
    options.dataset && !options.isDryRun ? await draftOf(client, plant.id, options.dataset) : null;
  const folder = await mkdtemp(join(tmpdir(), 'lehr-import-'));
  try {
    const sent = await send(client, options, folder, signal);
    const started = await client.act<{ id: string }>(
      'startDatasetImport',
      'StartDatasetImportInput',
      'DatasetImport',
      'id',
      {
        plantId: plant.id,
        source: sent.source,
        format: sent.format?.toUpperCase() ?? null,
        labels: options.labels.toUpperCase(),
        classes: options.classes,
        datasetVersionId,
        testIs: options.testIs.toUpperCase(),
        isEmptyGood: options.isEmptyGood,
        isDryRun: options.isDryRun,
      },
    );
    const ended = await waitFor(async () => {
      const query = `query ($id: ID!) { node(id: $id) { ... on DatasetImport { ${fields} } } }`;
      const { node } = await client.ask<{ node: ImportAnswer }>(query, { id: started.id });
      show(
        `${node.state.toLowerCase()} ${Math.round(node.progress * 100)} %, ${node.counts.taken} of ${node.foundImages ?? '?'} images`,
      );
      return ['QUEUED', 'RUNNING'].includes(node.state) ? undefined : node;
    }, signal);
    showDone();
    return report(ended, sent.refused, options);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

type Options = ReturnType<typeof readArguments>;

async function send(client: Client, options: Options, folder: string, signal: AbortSignal) {
  const found = await stat(options.data).catch(() => undefined);
  if (!found) throw new CommandError(`${options.data} is not there`);
  const upload = async (file: string, source: string) => {
    await client.upload(`/imports/${options.plant}/${source}`, file, (bytes, total) =>
      show(`${megabytes(bytes)} of ${megabytes(total)} sent`),
    );
    showDone();
  };
  if (!found.isDirectory()) {
    const source = `${
      basename(options.data)
        .replace(/\.zip$/i, '')
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[^A-Za-z0-9]+/, '')
        .slice(0, 80) || 'set'
    }.zip`;
    await upload(options.data, source);
    return { source, format: options.format, refused: [] as Refused[] };
  }
  const archive = join(folder, 'labels.zip');
  const { plant: plantCode, format, isDryRun } = options;
  const sent = await sendFolder(client, { folder: options.data, plantCode, format, archive, isDryRun, signal });
  showDone();
  if (!options.isJson) console.log(`${sent.images} images (${sent.format}), ${sent.sent} of them sent`);
  await upload(archive, sent.file);
  return { source: sent.file, format: sent.format, refused: sent.refused };
}

/** The newest draft of the dataset; what is missing is made. */
async function draftOf(client: Client, plantId: string, code: string): Promise<string> {
  const query = `query ($plantId: ID!, $after: String) { datasets(plantId: $plantId, first: 500, after: $after) {
    edges { node { id code versions { id number state } } } pageInfo { hasNextPage endCursor } } }`;
  interface Page {
    datasets: {
      edges: { node: { id: string; code: string; versions: { id: string; number: number; state: string }[] } }[];
      pageInfo: { hasNextPage: boolean; endCursor: string | null };
    };
  }
  let found: { id: string; versions: { id: string; number: number; state: string }[] } | undefined;
  for (let after: string | null = null; ; ) {
    const { datasets: page }: Page = await client.ask<Page>(query, { plantId, after });
    found = page.edges.map(({ node }) => node).find((dataset) => dataset.code === code);
    if (found || !page.pageInfo.hasNextPage) break;
    after = page.pageInfo.endCursor;
  }
  found ??= {
    ...(await client.act<{ id: string }>('createDataset', 'CreateDatasetInput', 'Dataset', 'id', {
      plantId,
      code,
      name: code,
    })),
    versions: [],
  };
  const draft = found.versions.filter(({ state }) => state === 'DRAFT').sort((a, b) => b.number - a.number)[0];
  if (draft) return draft.id;
  const opened = await client.ask<{ result: { id?: string; message?: string } }>(
    'mutation ($datasetId: ID!) { result: createDatasetVersion(datasetId: $datasetId) { ... on DatasetVersion { id } ... on Error { message } } }',
    { datasetId: found.id },
  );
  if (!opened.result.id) throw new CommandError(opened.result.message ?? 'no draft was opened');
  return opened.result.id;
}

function report(ended: ImportAnswer, local: readonly Refused[], options: Options): ExitCode {
  const refused = [...local, ...ended.refused.edges.map(({ node }) => node)];
  const isWell = ended.state === 'SUCCEEDED';
  if (options.isJson) console.log(JSON.stringify({ ...ended, refused }));
  else {
    for (const { name, images, code } of ended.classes)
      console.log(`class ${name}: ${images} images → ${code ?? 'unknown: map it with --map'}`);
    for (const { path, reason } of refused.slice(0, LISTED)) console.log(`refused ${path}: ${reason}`);
    if ((ended.counts.refused ?? 0) + local.length > LISTED)
      console.log(`… all of them: ${options.url}${ended.reportUrl}`);
    const words = counts.split(' ').map((name) => `${ended.counts[name] ?? 0} ${name}`);
    console.log(`${options.isDryRun ? 'would be: ' : ''}${ended.state.toLowerCase()}: ${words.join(', ')}`);
    if (ended.error) console.error(ended.error);
  }
  if (!isWell) return 2;
  return refused.length > 0 ? 1 : 0;
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://localhost:4000' },
      plant: { type: 'string' },
      data: { type: 'string' },
      format: { type: 'string', default: 'auto' },
      dataset: { type: 'string' },
      labels: { type: 'string', default: 'decide' },
      'test-is': { type: 'string', default: 'golden' },
      map: { type: 'string', multiple: true, default: [] },
      'empty-is-good': { type: 'boolean', default: false },
      'dry-run': { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { url, plant, data, dataset, labels, format, 'test-is': testIs } = values;
  const usage =
    'npm run import -- --url URL --plant CODE --data DIR|FILE.zip [--format auto] [--dataset CODE] [--dry-run]';
  if (!plant || !data) throw new CommandError(`give a plant and a set: ${usage}`);
  const isOneOf = (value: string, words: readonly string[], option: string) => {
    if (!words.includes(value)) throw new CommandError(`--${option} ${value}: give one of ${words.join(', ')}`);
  };
  isOneOf(format, ['auto', ...formatNames], 'format');
  isOneOf(labels, ['decide', 'suggest', 'none'], 'labels');
  isOneOf(testIs, ['golden', 'validation'], 'test-is');
  const classes = values.map.map((text) => {
    const at = text.lastIndexOf('=');
    if (at < 1) throw new CommandError(`--map ${text}: give it as NAME=CODE`);
    return { name: text.slice(0, at), code: text.slice(at + 1) };
  });
  return {
    ...{ url, plant, data, dataset, labels, testIs, classes },
    format: format === 'auto' ? null : (format as FormatName),
    isEmptyGood: values['empty-is-good'],
    isDryRun: values['dry-run'],
    isJson: values.json,
  };
}
