/**
 * `npm run export -- --url URL --version ID --format coco|yolo|voc|cvat|label_studio|mvtec|folders --out DIR|FILE.zip [--json]`, or with
 * `--plant CODE --dataset CODE [--number N]` in place of the id: fetches a dataset version as the person LEHR_EMAIL.
 * Exit code 0: all of it, 1: the layout cannot hold all of it (left-out.csv), 2: it did not go.
 */
import { createWriteStream } from 'node:fs';
import { mkdir, rm } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { formatNames, type Refused } from '../modules/datasets/exchange/formats/format.ts';
import { openZip } from '../modules/datasets/exchange/set-source.ts';
import { type Client, CommandError, signIn } from './client.ts';
import { type ExitCode, megabytes, runCommand, show, showDone, waitFor } from './command.ts';

interface ExportAnswer {
  id: string;
  state: string;
  progress: number;
  error: string | null;
  url: string | null;
  sha256: string | null;
  images: number;
  regions: number;
  lost: number;
  leftOut: Refused[];
}

const fields = 'id state progress error url sha256 images regions lost leftOut { path reason }';
const unbounded = { files: 1e9, imageBytes: 2 ** 50, labelBytes: 2 ** 50, totalBytes: 2 ** 52 };

await runCommand('export', async (signal): Promise<ExitCode> => {
  const options = readArguments();
  const client = await signIn(options.url, signal);
  const datasetVersionId = options.version ?? (await versionOf(client, options));
  const started = await client.act<{ id: string }>(
    'startDatasetExport',
    'StartDatasetExportInput',
    'DatasetExport',
    'id',
    {
      datasetVersionId,
      format: options.format.toUpperCase(),
    },
  );
  const ended = await waitFor(async () => {
    const query = `query ($id: ID!) { node(id: $id) { ... on DatasetExport { ${fields} } } }`;
    const { node } = await client.ask<{ node: ExportAnswer }>(query, { id: started.id });
    show(`${node.state.toLowerCase()} ${Math.round(node.progress * 100)} %`);
    return ['QUEUED', 'RUNNING'].includes(node.state) ? undefined : node;
  }, signal);
  showDone();
  if (ended.state !== 'SUCCEEDED' || !ended.url || !ended.sha256) throw new CommandError(ended.error ?? ended.state);
  const isZip = /\.zip$/i.test(options.out);
  const file = isZip ? options.out : `${options.out.replace(/[/\\]+$/, '')}.zip`;
  await mkdir(dirname(resolve(file)), { recursive: true });
  await client.download(ended.url, file, ended.sha256, (bytes, total) =>
    show(`${megabytes(bytes)} of ${megabytes(total)} fetched`),
  );
  showDone();
  if (!isZip) {
    await unpack(file, options.out);
    await rm(file);
  }
  if (options.isJson) console.log(JSON.stringify({ ...ended, out: options.out }));
  else {
    const reasons = Map.groupBy(ended.leftOut, ({ reason }) => reason);
    for (const [reason, images] of reasons) console.log(`left out, ${images.length} images: ${reason}`);
    console.log(
      `${ended.images} images, ${ended.regions} regions in ${options.out}; of ${ended.lost} the layout cannot hold something`,
    );
  }
  return ended.lost > 0 ? 1 : 0;
});

async function versionOf(
  client: Client,
  { plant, dataset, number }: ReturnType<typeof readArguments>,
): Promise<string> {
  const found = await client.ask<{ plant: { id: string } | null }>(
    'query ($code: String!) { plant(code: $code) { id } }',
    { code: plant },
  );
  if (!found.plant) throw new CommandError(`there is no plant "${plant}" that you may see`);
  const query = `query ($plantId: ID!) { datasets(plantId: $plantId, first: 500) { edges { node { code versions { id number } } } } }`;
  const { datasets } = await client.ask<{
    datasets: { edges: { node: { code: string; versions: { id: string; number: number }[] } }[] };
  }>(query, { plantId: found.plant.id });
  const versions = datasets.edges.find(({ node }) => node.code === dataset)?.node.versions ?? [];
  const wanted =
    number === undefined
      ? versions.toSorted((a, b) => b.number - a.number)[0]
      : versions.find((each) => each.number === Number(number));
  if (!wanted) throw new CommandError(`dataset "${dataset}" has no version ${number ?? 'at all'}`);
  return wanted.id;
}

/** Into the folder, and nowhere else whatever the names say. */
async function unpack(file: string, folder: string): Promise<void> {
  const source = await openZip(file, unbounded);
  try {
    for (const path of source.paths) {
      const target = join(folder, path);
      await mkdir(dirname(target), { recursive: true });
      await pipeline(await source.stream(path), createWriteStream(target));
    }
  } finally {
    source.close();
  }
}

function readArguments() {
  const { values } = parseArgs({
    options: {
      url: { type: 'string', default: 'http://localhost:4000' },
      version: { type: 'string' },
      plant: { type: 'string' },
      dataset: { type: 'string' },
      number: { type: 'string' },
      format: { type: 'string', default: 'coco' },
      out: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const { url, version, plant, dataset, number, format, out } = values;
  if (!out || (!version && !(plant && dataset))) {
    throw new CommandError(
      'npm run export -- --url URL --version ID --format coco --out DIR|FILE.zip (or --plant CODE --dataset CODE)',
    );
  }
  if (!(formatNames as readonly string[]).includes(format))
    throw new CommandError(`--format ${format}: give one of ${formatNames.join(', ')}`);
  return { url, version, plant, dataset, number, format, out, isJson: values.json };
}
