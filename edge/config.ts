/** The node's configuration: one YAML file, checked once. A mistake is named by file, line, field and value, with its remedy. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';

const code = z
  .string('give a code as the server knows it, e.g. line-1')
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'give a code of lower-case letters, digits and dashes, e.g. line-1');
const text = z.string('give a text').min(1, 'give a text that is not empty').max(500, 'give at most 500 characters');
const whole = (min: number, max: number) =>
  z
    .int(`give a whole number from ${min} to ${max}`)
    .min(min, `give a whole number from ${min} to ${max}`)
    .max(max, `give a whole number from ${min} to ${max}`);

const ScalarSchema = z.union([z.string(), z.number(), z.boolean()], 'give a text, a number, true or false');

const SignalSchema = z.strictObject({
  /** From the root folder, e.g. /Objects/V:line-1/V:Batch; a prefix stands for a URI in `namespaces`, none for OPC UA's own. */
  path: text.startsWith('/', 'give a browse path from the root, e.g. /Objects/V:line-1/V:Batch'),
  unit: z.string('give a unit, e.g. mm').max(40, 'give at most 40 characters').optional(),
  /** What the machine's value means, e.g. 1: Produce. A value that is not named stays as it is. */
  values: z.record(z.string(), ScalarSchema).optional(),
  /** For signals that must change: older than this is stale although the connection lives. */
  maxAgeMs: whole(100, 86_400_000).optional(),
});

const MachineSchema = z
  .strictObject({
    line: code,
    endpoint: text.regex(/^opc\.tcp:\/\/\S+$/, 'give an OPC UA address, e.g. opc.tcp://192.168.0.10:4840'),
    publishingIntervalMs: whole(20, 60_000).default(100),
    samplingIntervalMs: whole(0, 60_000).default(50),
    /** How long after the last sign of life a value still counts as known. */
    staleAfterMs: whole(500, 600_000).default(3_000),
    /** How far back an image can be joined to the machine. */
    historyMs: whole(1_000, 86_400_000).default(600_000),
    historyEntries: whole(2, 100_000).default(2_000),
    namespaces: z.record(z.string().regex(/^[A-Za-z]\w*$/, 'give a short prefix, e.g. V'), text).default({}),
    /** machineState, machineMode, speedPerMin, productCode … fill the typed context; any other name is kept beside it. */
    signals: z
      .record(text, SignalSchema, 'give at least machineState with its path')
      .refine((signals) => Object.keys(signals).length <= 100, 'give at most 100 signals'),
  })
  .refine((machine) => machine.staleAfterMs >= 5 * machine.publishingIntervalMs, {
    path: ['staleAfterMs'],
    message: 'give at least five times publishingIntervalMs, else every pause is stale',
  });

const FolderSourceSchema = z.strictObject({
  kind: z.literal('folder', 'give "folder"'),
  path: text,
  /** Where files go that are no image; beside the folder unless said otherwise. */
  rejectedPath: text.optional(),
  ratePerS: z.number('give a number of parts per second').positive('give more than 0').max(1_000).optional(),
  /** Capture time of a file: its time of last change, or the moment it is taken. */
  capture: z.enum(['mtime', 'taken'], 'give "mtime" or "taken"').default('mtime'),
  pollMs: whole(20, 60_000).default(500),
  /** A file that cannot be read is tried again until it has not changed for this long. */
  settleMs: whole(50, 600_000).default(1_000),
  maxFileBytes: whole(1_000, 1_000_000_000).default(64_000_000),
  maxRejected: whole(1, 1_000_000).default(1_000),
});

const StationSchema = z.strictObject({
  station: code,
  line: code,
  cameras: z
    .array(z.strictObject({ camera: code, source: FolderSourceSchema }), 'give the list of cameras')
    .min(1, 'give at least one camera')
    .max(32, 'give at most 32 cameras'),
});

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
  pipeline: z.strictObject({ framesInFlight: whole(1, 64).default(3) }).prefault({}),
  outbox: z
    .strictObject({
      maxResults: whole(1, 100_000_000).default(2_000_000),
      maxImageBytes: whole(1_000_000, 10_000_000_000_000).default(20_000_000_000),
      maxDeadLetters: whole(1, 10_000_000).default(100_000),
      maxDeadImageBytes: whole(0, 1_000_000_000_000).default(1_000_000_000),
      batchSize: whole(1, 500).default(200),
      flushMs: whole(0, 10_000).default(20),
      imageUploads: whole(1, 16).default(2),
    })
    .prefault({}),
  metrics: z.strictObject({ port: whole(0, 65_535), host: text.default('127.0.0.1') }).optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error'], 'give debug, info, warn or error').default('info'),
});

type ParsedConfig = z.infer<typeof ConfigSchema>;
export type MachineConfig = ParsedConfig['machines'][number];
export type SignalConfig = MachineConfig['signals'][string];
export type FolderSourceConfig = z.infer<typeof FolderSourceSchema>;
export type OutboxConfig = ParsedConfig['outbox'];
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

/** Throws `ConfigError`. Relative paths start at the folder of the file. */
export function readConfig(file: string): EdgeConfig {
  const lines = new LineCounter();
  const document = parseDocument(readText(file, '--config'), { lineCounter: lines, uniqueKeys: true });
  const broken = document.errors[0];
  if (broken) {
    throw new ConfigError(`${file}:${lines.linePos(broken.pos[0]).line}: not YAML: ${broken.message.split('\n')[0]}`);
  }
  const source: unknown = document.toJS();
  const parsed = ConfigSchema.safeParse(source);
  const mistakes = parsed.success ? findDuplicates(parsed.data) : parsed.error.issues.flatMap(flattenIssue);
  if (!parsed.success || mistakes.length > 0) {
    const describe = ({ path, message }: Mistake) =>
      `${file}:${lineOf(path)}: ${fieldName(path)} is ${show(valueAt(source, path))}; ${message}`;
    throw new ConfigError(mistakes.map(describe).join('\n'));
  }
  return completeConfig(parsed.data, file);

  /** Line of the deepest node on the way to the field that the file has. */
  function lineOf(path: Mistake['path']): number {
    for (let length = path.length; length >= 0; length--) {
      const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
      const range = (node as { range?: [number, number, number] } | null | undefined)?.range;
      if (range) return lines.linePos(range[0]).line;
    }
    return 1;
  }
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
      once(folders, source.path, [...path, 'cameras', at, 'source', 'path'], 'give each camera a folder of its own');
    });
  });
  return mistakes;
}

function completeConfig(config: ParsedConfig, file: string): EdgeConfig {
  const base = dirname(resolve(file));
  const { token: given, tokenFile, enrolmentCode, ...server } = config.server;
  const token =
    tokenFile === undefined ? given : readText(resolve(base, tokenFile), `${file}: server.tokenFile`).trim();
  if (token === '')
    throw new ConfigError(
      `${file}: server.tokenFile is ${show(tokenFile)}; the file is empty, write the token into it`,
    );
  const stations = config.stations.map((station) => ({
    ...station,
    cameras: station.cameras.map(({ camera, source }) => ({
      camera,
      source: {
        ...source,
        path: resolve(base, source.path),
        ...(source.rejectedPath === undefined ? {} : { rejectedPath: resolve(base, source.rejectedPath) }),
      },
    })),
  }));
  const code = token === undefined ? (enrolmentCode ?? enrolmentCodeOfEnvironment()) : undefined;
  return {
    ...config,
    home: resolve(base, config.home),
    server: { ...server, token, enrolmentCode: code?.trim() },
    stations,
  };
}

function readText(path: string, field: string): string {
  if (!existsSync(path)) throw new ConfigError(`${field} is ${show(path)}; no such file, correct the path`);
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

function fieldName(path: Mistake['path']): string {
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
