/** The simulated plant's machine control: an OPC UA server with one PackML unit per line. Prints one JSON line when it serves. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { MessageSecurityMode, OPCUACertificateManager, OPCUAServer, SecurityPolicy } from 'node-opcua';
import { nodesets } from 'node-opcua-nodesets';
import { z } from 'zod';
import { numberFlag, portFlag, readFlags } from './command-line.ts';
import { createLineController } from './line-controller.ts';
import { LineStateSchema, newLine } from './line-process.ts';
import { VENDOR_URI } from './machine-unit.ts';
import { onEndOfLife, refuseToStart } from './process-life.ts';
import { readStateFile, writeStateFile } from './state-file.ts';

const TICK_MS = 200;
const SAVE_MS = 2_000;
/** A computer that slept must not make a night's bottles in one tick. */
const LONGEST_TICK_S = 2;
const MAX_SESSIONS = 100;

const FlagsSchema = z.object({
  port: portFlag().default(0),
  lines: z
    .string()
    .default('line-1')
    .transform((text) => text.split(',').map((code) => code.trim()))
    .pipe(
      z
        .array(z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'give codes of letters, digits, - and _ divided by commas'))
        .min(1)
        .max(20, 'give at most 20 lines')
        .refine((codes) => new Set(codes).size === codes.length, 'give each line once'),
    ),
  /** One for all lines, or one per line. */
  speed: z
    .string()
    .default('60')
    .transform((text) => text.split(','))
    .pipe(z.array(numberFlag(1, 1_200))),
  seed: numberFlag(0, 2 ** 31).default(1),
  'batch-minutes': numberFlag(0.01, 1_440).default(4),
  'acting-ms': numberFlag(1, 60_000).default(600),
  state: z.string().optional(),
  pki: z.string().optional(),
});

const StateSchema = z.record(z.string(), LineStateSchema);

async function main(): Promise<void> {
  // First of all, so that a parent that goes during the start is not missed; what is up by then is closed, the last first.
  const closers: (() => void | Promise<void>)[] = [];
  onEndOfLife(async () => {
    for (const close of closers.toReversed()) await close();
  });

  const flags = readFlags(FlagsSchema, process.argv.slice(2));
  if (flags.speed.length !== 1 && flags.speed.length !== flags.lines.length) {
    throw new Error(
      `--speed ${flags.speed} is refused: give one speed, or as many as --lines has (${flags.lines.length})`,
    );
  }
  const stored = flags.state === undefined ? {} : (readStateFile(flags.state, StateSchema) ?? {});
  const pkiFolder = flags.pki ?? mkdtempSync(join(tmpdir(), 'lehr-machine-pki-'));
  if (flags.pki === undefined) closers.push(() => rmSync(pkiFolder, { recursive: true, force: true }));
  const server = await startServer(flags.port, pkiFolder);
  closers.push(() => server.shutdown(0));

  const addressSpace = server.engine.addressSpace;
  if (!addressSpace) throw new Error('node-opcua gave no address space');
  addressSpace.registerNamespace(VENDOR_URI);
  const controllers = flags.lines.map((line, index) => {
    const speed = flags.speed[index] ?? flags.speed[0] ?? 60;
    const settings = { line, index, seed: flags.seed, speed, batchMinutes: flags['batch-minutes'] };
    return createLineController(addressSpace, settings, stored[line] ?? newLine(settings), flags['acting-ms']);
  });

  let tickedAt = performance.now();
  const tick = setInterval(() => {
    const seconds = Math.min((performance.now() - tickedAt) / 1_000, LONGEST_TICK_S);
    tickedAt = performance.now();
    for (const controller of controllers) controller.advance(seconds);
  }, TICK_MS);

  /** Lines that are not served this time keep their stored state. */
  const save = (): void => {
    if (flags.state === undefined) return;
    for (const controller of controllers) stored[controller.line] = controller.state();
    writeStateFile(flags.state, stored);
  };
  const saving = setInterval(save, SAVE_MS);

  closers.push(() => {
    clearInterval(tick);
    clearInterval(saving);
    for (const controller of controllers) controller.stop();
    save();
  });

  await server.start();
  for (const controller of controllers) controller.start();
  save();
  const port = server.endpoints[0]?.port;
  process.stdout.write(`${JSON.stringify({ listening: `opc.tcp://127.0.0.1:${port}`, port })}\n`);
}

async function startServer(port: number, pkiFolder: string): Promise<OPCUAServer> {
  const certificates = new OPCUACertificateManager({
    rootFolder: pkiFolder,
    automaticallyAcceptUnknownCertificate: true,
  });
  await certificates.initialize();
  const server = new OPCUAServer({
    port,
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    nodeset_filename: [nodesets.standard, nodesets.di, nodesets.packML],
    serverCertificateManager: certificates,
    securityModes: [MessageSecurityMode.None, MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt],
    securityPolicies: [SecurityPolicy.None, SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes256_Sha256_RsaPss],
    allowAnonymous: true,
    serverCapabilities: { maxSessions: MAX_SESSIONS },
    maxConnectionsPerEndpoint: MAX_SESSIONS,
    buildInfo: { productName: 'Lehr simulated plant', manufacturerName: 'Lehr' },
    serverInfo: { applicationUri: 'urn:lehr:plant:machine', productUri: 'urn:lehr:plant' },
  });
  await server.initialize();
  return server;
}

main().catch((error: unknown) => refuseToStart('machine', error));
