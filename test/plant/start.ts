/**
 * `npm start`: the whole product on one machine beside a simulated plant. Spawns the server, the edge node and the plant's programs as
 * processes of their own and speaks to them only by their protocols; sets up the demo's plant, people and first model over GraphQL.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { type Child, ChildEndedError, Children } from './demo/children.ts';
import { writeEdgeConfig } from './demo/edge-config.ts';
import { checkImagesFolder, ImagesFolderError, imagesFolderKey, readTrainingImages } from './demo/images-folder.ts';
import { type DemoPerson, demoPeople, personWith } from './demo/people.ts';
import { renderTrainingImages } from './demo/render-training-images.ts';
import { setUpCameras } from './demo/setup-cameras.ts';
import { type DemoModel, setUpModel } from './demo/setup-model.ts';
import { createAdministrator, type DemoLine, type DemoPlant, setUpPlant, signIn } from './demo/setup-plant.ts';
import { setUpReview } from './demo/setup-review.ts';
import { trustMachine } from './machine-certificate.ts';

const STOP_MS = 8_000;
/** Of the cameras: with this one the first defects pass early, about the tenth part of each line. */
const CAMERA_SEED = '36';
/** A line that does not run by then is shown as it is. */
const FIRST_PART_MS = 15_000;
/** The belts stand by then, or the machine does not answer. */
const LINES_STAND_MS = 1_000;

const RENDERED_LINES: readonly DemoLine[] = [
  { code: 'line-1', name: 'Line 1', speed: 180 },
  { code: 'line-2', name: 'Line 2', speed: 120 },
];
const IMAGES_LINES: readonly DemoLine[] = [{ code: 'line-1', name: 'Line 1', speed: 240 }];

/** What the machine's program says when its belts stand. */
const LINES_STAND = 'the lines stand';

const children = new Children();
let isStopping = false;

async function main(): Promise<void> {
  const images = readImagesFolder();

  const home = resolve(process.env.LEHR_HOME ?? '.lehr');
  const port = process.env.PORT ?? '4000';
  const lines = images === undefined ? RENDERED_LINES : IMAGES_LINES;

  let firstAdministratorCode: string | undefined;
  const server = start('server', 'server/main.ts', [], { HOST: '127.0.0.1', PORT: port, LEHR_HOME: home }, (line) => {
    firstAdministratorCode ??= /setup\?code=(\S+)/.exec(line)?.[1];
    return /setup\?code=/.test(line);
  });
  const url = await server.line((line) => /listening (http:\S+)/.exec(line)?.[1]);

  // the server holds the home's lock from here on: the folders below are ours
  const plantHome = join(home, 'plant');
  const edgeHome = join(home, 'edge');
  const spool = (line: DemoLine) => join(plantHome, 'spool', line.code);
  for (const folder of [edgeHome, ...lines.map(spool)]) mkdirSync(folder, { recursive: true });

  const machine = startMachine(plantHome, lines);
  const people = demoPeople(join(plantHome, 'people.json'));
  const administrator = personWith(people, 'ADMINISTRATOR');
  if (firstAdministratorCode !== undefined) await createAdministrator(url, firstAdministratorCode, administrator);
  const plant = await setUpPlant(await signIn(url, administrator), lines, people, edgeHome);
  await teach(url, people, plant, images);

  const machineEndpoint = await listening(machine);
  trustMachine(join(plantHome, 'pki'), edgeHome);
  const edgeConfig = join(edgeHome, 'edge.yaml');
  const { signingKeys } = plant;
  writeEdgeConfig(edgeConfig, {
    serverUrl: url,
    home: edgeHome,
    machineEndpoint,
    signingKeys,
    lines,
    spool,
  });
  const code = plant.enrolmentCode;
  const edge = start('edge', 'edge/main.ts', ['--config', edgeConfig], code ? { LEHR_ENROLMENT_CODE: code } : {});
  await edge.line((line) => (line.includes('edge ready') ? true : undefined));
  const cameras = startCameras(plantHome, machineEndpoint, lines, spool, images);
  writeFileSync(join(plantHome, 'pids.json'), `${JSON.stringify(children.pids)}\n`);

  await linesRun(machine, cameras, lines);

  for (const person of people) {
    console.log(
      `sign in  ${person.email.padEnd(28)} ${person.password}   ${person.role.toLowerCase().replace('_', ' ')}`,
    );
  }
  console.log(`ready ${url}`);
}

/** The folder of `--images`, checked before anything starts. Throws `ImagesFolderError` for a command line that is none of ours, too. */
function readImagesFolder(): string | undefined {
  let named: string | undefined;
  try {
    named = parseArgs({ options: { images: { type: 'string' } } }).values.images;
  } catch (error) {
    const [problem = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
    throw new ImagesFolderError(`${problem}; the only option is --images DIR`);
  }
  if (named === undefined) return undefined;
  const folder = resolve(named);
  checkImagesFolder(folder);
  return folder;
}

/** A child whose end, unless it was told to leave, is said; without server or edge there is no product to show and all of it ends. */
function start(
  name: string,
  file: string,
  args: readonly string[],
  environment: Record<string, string> = {},
  hide?: (line: string) => boolean,
): Child {
  const child = children.start(name, join(import.meta.dirname, '../..', file), args, {
    environment,
    ...(hide && { hide }),
  });
  child.ended.then((how) => {
    if (isStopping) return;
    if (name === 'server' || name === 'edge') stop(1);
    else console.log(`${name.padEnd(7)} ${how}; the rest goes on without it`);
  });
  return child;
}

function startMachine(plantHome: string, lines: readonly DemoLine[]): Child {
  const codes = lines.map((line) => line.code).join(',');
  const speed = lines.map((line) => line.speed).join(',');
  const state = join(plantHome, 'machine.json');
  const pki = join(plantHome, 'pki');
  const files = ['--state', state, '--pki', pki, '--truth', plantHome];
  const args = ['--port', '0', '--lines', codes, '--speed', speed, '--start', 'asked', ...files];
  return start('machine', 'test/plant/machine.ts', args, {}, (line) => line.startsWith('{') || line === LINES_STAND);
}

function startCameras(
  plantHome: string,
  machine: string,
  lines: readonly DemoLine[],
  spool: (line: DemoLine) => string,
  images: string | undefined,
): Child {
  const config = join(plantHome, 'cameras.json');
  const cameras = lines.map((line) => ({
    line: line.code,
    spool: spool(line),
    truth: join(plantHome, `truth-${line.code}.jsonl`),
  }));
  writeFileSync(config, JSON.stringify({ lines: cameras }, null, 2));
  const args = ['--machine', machine, '--config', config, '--seed', CAMERA_SEED];
  return start('camera', 'test/plant/camera.ts', [...args, ...(images ? ['--images', images] : [])]);
}

/** Starts the lines when the cameras hear their triggers, so that the first part has a picture; resolves when all run. */
async function linesRun(machine: Child, cameras: Child, lines: readonly DemoLine[]): Promise<void> {
  const running = lines.map(({ code }) => cameras.line((line) => line === `${code} is in Execute` || undefined));
  const late = new Promise((resolve) => setTimeout(resolve, FIRST_PART_MS).unref());
  await Promise.race([cameras.line((line) => line.startsWith('machine answers') || undefined), late]);
  tellMachine(machine, 'start');
  await Promise.race([Promise.all(running), late]);
}

/** As its operator would: the lines run or stand on that word. */
function tellMachine(machine: Child, word: 'start' | 'stop'): void {
  if (machine.process.connected) machine.process.send(word, () => {});
}

function listening(machine: Child): Promise<string> {
  return machine.line((line) => {
    if (!line.startsWith('{')) return undefined;
    const said = JSON.parse(line) as { listening?: string };
    return said.listening;
  });
}

async function teach(
  url: string,
  people: readonly DemoPerson[],
  { plantId, cameraIds }: DemoPlant,
  images: string | undefined,
): Promise<void> {
  const model: DemoModel =
    images === undefined
      ? { code: 'bottles', name: 'Bottles', images: renderTrainingImages }
      : {
          code: `images-${imagesFolderKey(images)}`,
          name: basename(images),
          images: async () => readTrainingImages(images),
        };
  const approver = personWith(people, 'APPROVER');
  const quality = personWith(people, 'QUALITY_ENGINEER');
  const team = {
    quality: await signIn(url, quality),
    ml: await signIn(url, personWith(people, 'ML_ENGINEER')),
    approver: await signIn(url, approver),
    approverPassword: approver.password,
  };
  await setUpModel(team, cameraIds, model, (text) => console.log(`demo    ${text}`));
  await setUpCameras(team.quality, plantId, cameraIds, images === undefined);
  await setUpReview(team.quality, quality.password);
}

/** The belts first: a part that passes a camera which has left would be lost. */
async function stop(code: number): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  const machine = children.named('machine');
  if (machine) {
    const stand = machine.line((line) => line === LINES_STAND || undefined).catch(() => {});
    const late = new Promise((resolve) => setTimeout(resolve, LINES_STAND_MS));
    tellMachine(machine, 'stop');
    await Promise.race([stand, machine.ended, late]);
  }
  await children.stop(STOP_MS - LINES_STAND_MS);
  process.exit(code);
}

process.on('SIGINT', () => stop(0));
process.on('SIGTERM', () => stop(0));
main().catch((error: unknown) => {
  // a child that ended has said why itself
  if (!(error instanceof ChildEndedError)) {
    const text = error instanceof Error ? error.message : String(error);
    process.stderr.write(`npm start: ${error instanceof ImagesFolderError ? text : `set-up failed: ${text}`}\n`);
  }
  stop(1);
});
