/** The machine of a line: where it is reached and which of its values Lehr reads. */
import { z } from 'zod';
import { code, text, whole } from './fields.ts';

const SecuritySchema = z
  .strictObject({
    mode: z.enum(['None', 'Sign', 'SignAndEncrypt'], 'give None, Sign or SignAndEncrypt').default('None'),
    policy: z
      .enum(
        ['None', 'Basic256Sha256', 'Aes128_Sha256_RsaOaep', 'Aes256_Sha256_RsaPss'],
        'give None, Basic256Sha256, Aes128_Sha256_RsaOaep or Aes256_Sha256_RsaPss',
      )
      .default('None'),
    /** Instead of the certificate that the node makes for itself: PEM or DER, with the node's application URI in it. */
    certificateFile: text.optional(),
    privateKeyFile: text.optional(),
    user: z
      .strictObject({ name: text, password: text.optional(), passwordFile: text.optional() })
      .refine((user) => (user.password === undefined) !== (user.passwordFile === undefined), {
        path: ['passwordFile'],
        message: 'give either password or passwordFile',
      })
      .optional(),
    /** False for a machine whose certificate names another host than the one it is reached at. */
    checkHost: z.boolean('give true or false').default(true),
  })
  .refine((security) => (security.mode === 'None') === (security.policy === 'None'), {
    path: ['policy'],
    message: 'give mode and policy together: both None, or neither',
  })
  .refine((security) => (security.certificateFile === undefined) === (security.privateKeyFile === undefined), {
    path: ['privateKeyFile'],
    message: 'give certificateFile and privateKeyFile together',
  })
  .refine((security) => security.user === undefined || security.mode !== 'None', {
    path: ['user'],
    message: 'give mode Sign or SignAndEncrypt: without it the password goes to whoever answers',
  });

const ScalarSchema = z.union([z.string(), z.number(), z.boolean()], 'give a text, a number, true or false');

const path = text.startsWith('/', 'give a browse path from the root, e.g. /Objects/V:line-1/V:Batch');

const SignalSchema = z
  .strictObject({
    /** From the root folder, e.g. /Objects/V:line-1/V:Batch; a prefix stands for a URI in `namespaces`, none for OPC UA's own. */
    path: path.optional(),
    /** Instead of a path, e.g. V:s=Line1.State or V:i=4711; the number of a namespace is not for ever, its prefix is. */
    nodeId: text
      .regex(
        /^(?:[A-Za-z]\w*:|nsu=[^;]+;|ns=\d+;)?[isgb]=.+$/,
        'give a node id, e.g. V:s=Line1.State with V in namespaces',
      )
      .optional(),
    /** Without it the one that the machine gives the value. */
    unit: z.string('give a unit, e.g. mm').max(40, 'give at most 40 characters').optional(),
    /** What the machine's value means, e.g. 1: Produce. A value that is not named stays as it is. */
    values: z.record(z.string(), ScalarSchema).optional(),
    /** For signals that must change: older than this is stale although the connection lives. */
    maxAgeMs: whole(100, 86_400_000).optional(),
    /** For trigger, encoder, gate and confirmation: heard as soon as the machine can, apart from the slow ones. */
    fast: z.boolean('give true or false').optional(),
  })
  .refine((signal) => (signal.path === undefined) !== (signal.nodeId === undefined), {
    path: ['path'],
    message: 'give either path or nodeId',
  });

export const MachineSchema = z
  .strictObject({
    line: code,
    endpoint: text.regex(/^opc\.tcp:\/\/\S+$/, 'give an OPC UA address, e.g. opc.tcp://192.168.0.10:4840'),
    /** Without it everybody on the way can read and change what machine and node tell each other. */
    security: SecuritySchema.optional(),
    publishingIntervalMs: whole(20, 60_000).default(100),
    samplingIntervalMs: whole(0, 60_000).default(50),
    /** Of the signals that are `fast`; these are sampled as often as the machine can. */
    fastPublishingIntervalMs: whole(5, 1_000).default(20),
    /** How long after the last sign of life a value still counts as known. */
    staleAfterMs: whole(500, 600_000).default(3_000),
    /** How far back an image can be joined to the machine. */
    historyMs: whole(1_000, 86_400_000).default(600_000),
    historyEntries: whole(2, 100_000).default(2_000),
    namespaces: z.record(z.string().regex(/^[A-Za-z]\w*$/, 'give a short prefix, e.g. V'), text).default({}),
    /** Finds state, mode and speed of a PackML unit (OPC 30050) by their types; signals of these names win. With several units, the path of one. */
    packml: z.union([z.literal(true), z.strictObject({ unit: path })], 'give true, or unit with its path').optional(),
    /** A node that is not there (yet) is looked for again so often. */
    retryPathsMs: whole(100, 3_600_000).default(10_000),
    /** A signal that is bad for so long has its path looked up again: the machine may have made its node anew. */
    reresolveMs: whole(100, 3_600_000).default(10_000),
    /** A signal that is bad for so long is told as a problem of the machine. */
    badAfterMs: whole(100, 3_600_000).default(10_000),
    /** A signal that has given no value by then does not keep the others waiting. */
    firstValueMs: whole(100, 60_000).default(3_000),
    /** machineState, machineMode, speedPerMin, productCode … fill the typed context; any other name is kept beside it. */
    signals: z
      .record(text, SignalSchema, 'give at least machineState with its path')
      .refine((signals) => Object.keys(signals).length <= 100, 'give at most 100 signals')
      .default({}),
  })
  .refine((machine) => machine.packml !== undefined || Object.keys(machine.signals).length > 0, {
    path: ['signals'],
    message: 'give at least machineState with its path, or packml: true',
  })
  .refine((machine) => machine.staleAfterMs >= 5 * machine.publishingIntervalMs, {
    path: ['staleAfterMs'],
    message: 'give at least five times publishingIntervalMs, else every pause is stale',
  });

export type MachineConfig = z.infer<typeof MachineSchema>;
export type SecurityConfig = z.infer<typeof SecuritySchema>;
export type SignalConfig = MachineConfig['signals'][string];

/** What PackML's types give, whatever the unit is called. */
const PACKML_SIGNALS = ['machineState', 'machineMode', 'speedPerMin'];

/** The signals of the configuration and those that come without it. */
export function signalNames(machine: MachineConfig): string[] {
  return [...new Set([...Object.keys(machine.signals), ...(machine.packml ? PACKML_SIGNALS : [])])];
}

/** Paths in the file start at its folder. */
export function withAbsolutePaths(machine: MachineConfig, absolute: (path: string) => string): MachineConfig {
  const { security } = machine;
  if (!security) return machine;
  const { certificateFile, privateKeyFile, user } = security;
  return {
    ...machine,
    security: {
      ...security,
      ...(certificateFile === undefined ? {} : { certificateFile: absolute(certificateFile) }),
      ...(privateKeyFile === undefined ? {} : { privateKeyFile: absolute(privateKeyFile) }),
      ...(user?.passwordFile === undefined ? {} : { user: { ...user, passwordFile: absolute(user.passwordFile) } }),
    },
  };
}
