/** The node's configuration: one YAML file, checked once. A mistake is named by file, line, field and value, with its remedy. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { readYaml, type YamlLimits } from '#schema/read-yaml.ts';
import { code, text, whole } from './config/fields.ts';
import { findGateMistakes } from './config/gate-config.ts';
import { MachineSchema, withAbsolutePaths } from './config/machine-config.ts';
import { OutboxSchema } from './config/outbox-config.ts';
import { resolveSource } from './config/source-config.ts';
import { StationSchema } from './config/station-config.ts';

const ConfigSchema = z.strictObject({
  node: code,
  /** State of the node: outbox, models, what it last knew of the server. */
  home: text,
  server: z
    .strictObject({
      url: z.url({ protocol: /^https?$/, error: 'give the address of the server, e.g. https://lehr.example:4000' }),
      token: z.string('give the token of this node').min(1, 'give the token of this node').optional(),
      tokenFile: text.optional(),
      /** Good once, to enrol this node: it makes a key pair of its own and keeps it in its home. Without token and tokenFile. */
      enrolmentCode: text.optional(),
      /** Age at which the node changes its key by itself. */
      rotateKeyDays: z.number('give a number of days').positive('give more than 0').max(3_650).default(30),
      timeoutMs: whole(100, 600_000).default(15_000),
      pollMs: whole(100, 600_000).default(3_000),
      statusMs: whole(100, 60_000).default(1_000),
      retryMinMs: whole(10, 60_000).default(250),
      retryMaxMs: whole(10, 600_000).default(10_000),
    })
    .refine((server) => server.token === undefined || server.tokenFile === undefined, {
      path: ['tokenFile'],
      message: 'give either token or tokenFile',
    })
    .refine((server) => server.enrolmentCode === undefined || (server.token ?? server.tokenFile) === undefined, {
      path: ['enrolmentCode'],
      message: 'give either a token or a code to enrol with',
    }),
  trust: z.strictObject({
    modelSigningKeys: z
      .array(text, 'give the list of public keys')
      .min(1, "give at least one public key (SPKI, base64): the server's query signingKeys tells it")
      .max(20, 'give at most 20 keys'),
  }),
  models: z
    .strictObject({
      intraOpThreads: whole(1, 64).default(1),
      inferTimeoutMs: whole(100, 600_000).default(30_000),
      maxArtifactBytes: whole(1_000, 4_000_000_000).default(1_000_000_000),
      restartMinMs: whole(10, 60_000).default(250),
      restartMaxMs: whole(10, 600_000).default(30_000),
    })
    .prefault({}),
  machines: z.array(MachineSchema, 'give a list of machines').max(64, 'give at most 64 machines').default([]),
  stations: z.array(StationSchema, 'give the list of stations').min(1, 'give at least one station').max(64),
  pipeline: z
    .strictObject({
      framesInFlight: whole(1, 64).default(3),
      /** When images come faster than they are judged; by default cameras drop old ones and folders keep them. */
      whenBehind: z.enum(['newest', 'oldest'], 'give "newest" or "oldest"').optional(),
      /** With "newest": images that wait for each camera, at most. */
      maxPending: whole(1, 1_000).default(3),
    })
    .prefault({}),
  outbox: OutboxSchema,
  metrics: z.strictObject({ port: whole(0, 65_535), host: text.default('127.0.0.1') }).optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error'], 'give debug, info, warn or error').default('info'),
});

type ParsedConfig = z.infer<typeof ConfigSchema>;
export type ModelsConfig = ParsedConfig['models'];
/** Paths are absolute and the token is read; without a token the node has, or gets, a key of its own. */
export type EdgeConfig = Omit<ParsedConfig, 'server'> & {
  server: Omit<ParsedConfig['server'], 'token' | 'tokenFile' | 'enrolmentCode'> & {
    token: string | undefined;
    enrolmentCode: string | undefined;
  };
};

/** Every mistake in the file, one line each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Far more than the 64 stations and machines need that a node may have. */
const yamlLimits: YamlLimits = { bytes: 1024 * 1024, depth: 20, tokens: 100_000, aliases: 100 };

const mostTokenBytes = 64 * 1024;

/** Throws `ConfigError`. Relative paths start at the folder of the file. */
export function readConfig(file: string): EdgeConfig {
  const read = readYaml(readText(file, '--config', yamlLimits.bytes), yamlLimits);
  if (read.problems) {
    const broken = read.problems.map(
      ({ line, value, remedy }) =>
        `${file}:${line}: not YAML that is read${value === null ? '' : ` (${value})`}; ${remedy}`,
    );
    throw new ConfigError(broken.join('\n'));
  }
  const source = read.value;
  const parsed = ConfigSchema.safeParse(source);
  const mistakes = parsed.success
    ? [...findDuplicates(parsed.data), ...findGateMistakes(parsed.data.stations, parsed.data.machines)]
    : parsed.error.issues.flatMap(flattenIssue);
  if (!parsed.success || mistakes.length > 0) {
    const describe = ({ path, message }: Mistake) =>
      `${file}:${read.placeOf(path).line}: ${fieldName(path)} is ${show(valueAt(source, path))}; ${message}`;
    throw new ConfigError(mistakes.map(describe).join('\n'));
  }
  return completeConfig(parsed.data, file);
}

/** Answers at which line of the file a field stands; one that is not written, what it belongs to. */
export function readLines(file: string): (path: readonly (string | number)[]) => number {
  const read = readYaml(readText(file, '--config', yamlLimits.bytes), yamlLimits);
  return (path) => (read.problems ? 1 : read.placeOf(path).line);
}

interface Mistake {
  path: (string | number)[];
  message: string;
}

function flattenIssue(issue: z.core.$ZodIssue): Mistake[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: 'there is no such setting: remove it or correct its name',
    }));
  }
  return [{ path, message: issue.message }];
}

/** Two entries of one code would take each other's images or values. */
function findDuplicates(config: ParsedConfig): Mistake[] {
  const mistakes: Mistake[] = [];
  const once = (seen: Set<string>, value: string, path: Mistake['path'], message: string) => {
    if (seen.has(value)) mistakes.push({ path, message });
    seen.add(value);
  };
  const lines = new Set<string>();
  const stations = new Set<string>();
  const folders = new Set<string>();
  config.machines.forEach(({ line }, index) => {
    once(lines, line, ['machines', index, 'line'], 'give each line one machine');
  });
  config.stations.forEach((entry, index) => {
    const path = ['stations', index];
    once(stations, `${entry.line}/${entry.station}`, [...path, 'station'], 'give each station once');
    const cameras = new Set<string>();
    entry.cameras.forEach(({ camera, source }, at) => {
      once(cameras, camera, [...path, 'cameras', at, 'camera'], 'give each camera once');
      if (source.kind === 'folder')
        once(folders, source.path, [...path, 'cameras', at, 'source', 'path'], 'give each camera a folder of its own');
    });
  });
  return mistakes;
}

function completeConfig(config: ParsedConfig, file: string): EdgeConfig {
  const base = dirname(resolve(file));
  const { token: given, tokenFile, enrolmentCode, ...server } = config.server;
  const token =
    tokenFile === undefined
      ? given
      : readText(resolve(base, tokenFile), `${file}: server.tokenFile`, mostTokenBytes).trim();
  if (token === '')
    throw new ConfigError(
      `${file}: server.tokenFile is ${show(tokenFile)}; the file is empty, write the token into it`,
    );
  const stations = config.stations.map((station) => ({
    ...station,
    cameras: station.cameras.map(({ camera, source }) => ({
      camera,
      source: resolveSource(source, (path) => resolve(base, path)),
    })),
  }));
  const code = token === undefined ? (enrolmentCode ?? enrolmentCodeOfEnvironment()) : undefined;
  return {
    ...config,
    home: resolve(base, config.home),
    server: { ...server, token, enrolmentCode: code?.trim() },
    machines: config.machines.map((machine) => withAbsolutePaths(machine, (path) => resolve(base, path))),
    stations,
  };
}

function readText(path: string, field: string, mostBytes: number): string {
  if (!existsSync(path)) throw new ConfigError(`${field} is ${show(path)}; no such file, correct the path`);
  const { size } = statSync(path);
  if (size > mostBytes) throw new ConfigError(`${path}:1: ${field} has ${size} bytes; give at most ${mostBytes}`);
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ConfigError(`${field} is ${show(path)}; it cannot be read (${reason})`, { cause });
  }
}

function valueAt(source: unknown, path: Mistake['path']): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined,
    source,
  );
}

export function fieldName(path: Mistake['path']): string {
  if (path.length === 0) return 'the file';
  return path.map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`)).join('');
}

function show(value: unknown): string {
  if (value === undefined) return 'missing';
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}…` : json;
}

function enrolmentCodeOfEnvironment(): string | undefined {
  return process.env.LEHR_ENROLMENT_CODE || undefined;
}

/** Whether `npm start` is the parent: Ctrl-C reaches the whole process group, and the parent says when to leave. */
export function hasParent(): boolean {
  return process.env.LEHR_PARENT === '1';
}
