/** All cameras of the simulated plant: follow the machine over OPC UA and fill one spool folder per line with pictures of its parts. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { numberFlag, readFlags } from './command-line.ts';
import { type LineCamera, startLineCamera } from './line-camera.ts';
import { watchMachine } from './machine-watch.ts';
import { createFolderSource, createRenderedSource } from './picture-source.ts';
import { onEndOfLife, refuseToStart } from './process-life.ts';

const FlagsSchema = z.object({
  machine: z.string().regex(/^opc\.tcp:\/\/.+/, 'give the address of the machine, opc.tcp://HOST:PORT'),
  config: z.string('give a JSON file that names line, spool and truth of each camera'),
  images: z.string().optional(),
  seed: numberFlag(0, 2 ** 31).default(1),
});

const ConfigSchema = z.strictObject({
  /** Share of parts with a defect; of no meaning with --images. */
  defectRate: z.number().min(0).max(1).default(0.04),
  /** Pictures in a spool at which its camera stops. */
  maxSpool: z.number().int().min(1).max(100_000).default(200),
  lines: z
    .array(
      z.strictObject({
        line: z.string().min(1),
        spool: z.string().min(1),
        truth: z.string().min(1),
        defectRate: z.number().min(0).max(1).optional(),
      }),
    )
    .min(1)
    .max(20),
});
type Config = z.infer<typeof ConfigSchema>;

function main(): void {
  const flags = readFlags(FlagsSchema, process.argv.slice(2));
  const config = readConfig(flags.config);
  const say = (text: string): void => void process.stdout.write(`${text}\n`);
  const sources = config.lines.map(({ line, defectRate }) =>
    flags.images === undefined
      ? createRenderedSource(line, flags.seed, defectRate ?? config.defectRate)
      : createFolderSource(line, flags.seed, flags.images),
  );

  const cameras = new Map<string, LineCamera>();
  const machine = watchMachine(
    flags.machine,
    config.lines.map(({ line }) => line),
    (part) => cameras.get(part.line)?.trigger(part),
    say,
  );
  onEndOfLife(async () => {
    await machine.close();
    await Promise.all([...cameras.values()].map((camera) => camera.close()));
  });
  for (const [index, { line, spool, truth }] of config.lines.entries()) {
    const source = sources[index];
    if (!source) continue;
    const settings = { line, spool, truth, maxSpool: config.maxSpool };
    cameras.set(
      line,
      startLineCamera(settings, source, () => machine.view(line), say),
    );
  }
}

function readConfig(file: string): Config {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new Error(`--config ${file} is not a readable JSON file: ${(error as Error).message}`, { cause: error });
  }
  const result = ConfigSchema.safeParse(json);
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new Error(`--config ${file}: ${issue?.path.join('.')}: ${issue?.message}`);
}

try {
  main();
} catch (error) {
  refuseToStart('camera', error);
}
