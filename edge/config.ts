/** The node's configuration: one YAML file, checked once. A mistake is named by file, line, field and value, with its remedy. */
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { findCameraMistakes } from './config/camera-mistakes.ts';
import { type ConfigFile, readConfigFile, readText, showValue } from './config/config-file.ts';
import { code, text, whole } from './config/fields.ts';
import { findGateMistakes } from './config/gate-mistakes.ts';
import { MachineSchema, withAbsolutePaths } from './config/machine-config.ts';
import { ConfigError, type FieldPath, type Mistake } from './config/mistake.ts';
import { OutboxSchema } from './config/outbox-config.ts';
import { findSharingMistakes } from './config/sharing-mistakes.ts';
import { resolveSource } from './config/source-config.ts';
import { StationSchema } from './config/station-config.ts';
import { findTimingMistakes } from './config/timing-mistakes.ts';
import { findUnitMistakes } from './config/unit-mistakes.ts';

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

const mostTokenBytes = 64 * 1024;

/** What is read, and how its fields are named to people. */
export interface ReadConfig {
  config: EdgeConfig;
  describe: ConfigFile['describe'];
  lineOf: ConfigFile['lineOf'];
}

/** Throws `ConfigError` with every mistake in the file, one line each. Relative paths start at the folder of the file. */
export function readConfig(file: string): ReadConfig {
  const { content, describe, lineOf } = readConfigFile(file);
  const parsed = ConfigSchema.safeParse(content);
  const mistakes = parsed.success ? findMistakes(parsed.data) : parsed.error.issues.flatMap(flattenIssue);
  if (!parsed.success || mistakes.length > 0) throw new ConfigError(mistakes.map(describe).join('\n'));
  return { config: completeConfig(parsed.data, file), describe, lineOf };
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

/** What only the whole file shows. */
function findMistakes(config: ParsedConfig): Mistake[] {
  const { stations, machines } = config;
  return [
    ...findDuplicates(config),
    ...findCameraMistakes(stations),
    ...findGateMistakes(stations, machines),
    ...findSharingMistakes(stations, machines),
    ...findTimingMistakes(stations),
    ...findUnitMistakes(stations, machines),
  ];
}

/** Two entries of one code would take each other's images or values. */
function findDuplicates(config: ParsedConfig): Mistake[] {
  const mistakes: Mistake[] = [];
  const once = (seen: Set<string>, value: string, path: FieldPath, message: string) => {
    if (seen.has(value)) mistakes.push({ path, message });
    seen.add(value);
  };
  const lines = new Set<string>();
  const stations = new Set<string>();
  config.machines.forEach(({ line }, index) => {
    once(lines, line, ['machines', index, 'line'], 'give each line one machine');
  });
  config.stations.forEach((entry, index) => {
    const path = ['stations', index];
    once(stations, `${entry.line}/${entry.station}`, [...path, 'station'], 'give each station once');
    const cameras = new Set<string>();
    entry.cameras.forEach(({ camera }, at) => {
      once(cameras, camera, [...path, 'cameras', at, 'camera'], 'give each camera once');
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
      `${file}: server.tokenFile is ${showValue(tokenFile)}; the file is empty, write the token into it`,
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

function enrolmentCodeOfEnvironment(): string | undefined {
  return process.env.LEHR_ENROLMENT_CODE || undefined;
}

/** Whether `npm start` is the parent: Ctrl-C reaches the whole process group, and the parent says when to leave. */
export function hasParent(): boolean {
  return process.env.LEHR_PARENT === '1';
}
