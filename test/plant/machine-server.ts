/** The OPC UA server of the simulated machine: as fast as a good controller, with the security that a test asks for. */
import { existsSync } from 'node:fs';
import {
  LogLevel,
  MessageSecurityMode,
  MonitoredItem,
  OPCUACertificateManager,
  OPCUAServer,
  SecurityPolicy,
  Subscription,
  setLogLevel,
} from 'node-opcua';
import { nodesets } from 'node-opcua-nodesets';
import { certificateFile } from './machine-certificate.ts';

// node-opcua warns of names that a certificate for the loopback does not have.
setLogLevel(LogLevel.Error);

const MAX_SESSIONS = 100;
/** What controllers offer; node-opcua's own least is 50. */
const FASTEST_MS = 10;
const APPLICATION_URI = 'urn:lehr:plant:machine';
const DAY_MS = 86_400_000;

export interface MachineServerOptions {
  readonly port: number;
  readonly pki: string;
  readonly security: 'none' | 'all' | 'secure';
  /** `NAME:PASSWORD`; undefined lets everybody in. */
  readonly user: string | undefined;
  /** Negative: expired that many days ago. */
  readonly certificateDays: number;
}

/** Ready to get its nodes, not yet listening. */
export async function startMachineServer(options: MachineServerOptions): Promise<OPCUAServer> {
  MonitoredItem.minimumSamplingInterval = FASTEST_MS;
  Subscription.minimumPublishingInterval = FASTEST_MS;
  const certificates = new OPCUACertificateManager({
    rootFolder: options.pki,
    automaticallyAcceptUnknownCertificate: true,
  });
  await certificates.initialize();
  const certificate = certificateFile(options.pki);
  if (!existsSync(certificate)) await makeCertificate(certificates, certificate, options.certificateDays);

  const { Sign, SignAndEncrypt, None } = MessageSecurityMode;
  const secure = [SecurityPolicy.Basic256Sha256, SecurityPolicy.Aes256_Sha256_RsaPss];
  const offered = {
    none: { modes: [None], policies: [SecurityPolicy.None] },
    all: { modes: [None, Sign, SignAndEncrypt], policies: [SecurityPolicy.None, ...secure] },
    secure: { modes: [Sign, SignAndEncrypt], policies: secure },
  }[options.security];
  const server = new OPCUAServer({
    port: options.port,
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    nodeset_filename: [nodesets.standard, nodesets.di, nodesets.packML],
    serverCertificateManager: certificates,
    certificateFile: certificate,
    privateKeyFile: certificates.privateKey,
    securityModes: offered.modes,
    securityPolicies: offered.policies,
    allowAnonymous: options.user === undefined,
    userManager: { isValidUser: (name: string, password: string) => `${name}:${password}` === options.user },
    // 0: every change of a value is delivered, however fast they follow each other.
    serverCapabilities: { maxSessions: MAX_SESSIONS, minSupportedSampleRate: 0 },
    maxConnectionsPerEndpoint: MAX_SESSIONS,
    buildInfo: { productName: 'Lehr simulated plant', manufacturerName: 'Lehr' },
    serverInfo: { applicationUri: APPLICATION_URI, productUri: 'urn:lehr:plant' },
  });
  await server.initialize();
  return server;
}

/** Kept: a machine has the same certificate after a restart. */
async function makeCertificate(certificates: OPCUACertificateManager, file: string, days: number): Promise<void> {
  await certificates.createSelfSignedCertificate({
    applicationUri: APPLICATION_URI,
    dns: ['localhost'],
    ip: ['127.0.0.1'],
    outputFile: file,
    startDate: new Date(Date.now() - DAY_MS + Math.min(0, 2 * days * DAY_MS)),
    subject: '/CN=Lehr simulated machine/O=Lehr',
    validity: Math.abs(days),
  });
}
