/** A small OPC UA server of a test: with the security, the certificate and the variables that the test asks for. */
import { generateKeyPairSync } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  LogLevel,
  MessageSecurityMode,
  MonitoredItem,
  type Namespace,
  OPCUACertificateManager,
  OPCUAServer,
  type OperationLimitsOptions,
  SecurityPolicy,
  Subscription,
  setLogLevel,
  type UAObject,
} from 'node-opcua';

// node-opcua warns of names that a certificate for the loopback does not have.
setLogLevel(LogLevel.Error);

export const TEST_URI = 'urn:lehr:test:machine';
const DAY_MS = 86_400_000;

export interface TestServerOptions {
  /** For certificates; a server that starts again with it is the same one. */
  pki: string;
  port?: number;
  offers?: 'none' | 'all';
  /** What its certificate says; by default the truth. */
  certificate?: { uri?: string; ip?: string; fromDay?: number; days?: number; keyBits?: number };
  /** `NAME:PASSWORD`; nobody else is let in. */
  user?: string;
  /** False: clients need a certificate that it knows. */
  acceptsAll?: boolean;
  /** What it takes at once; without limits where nothing is said. */
  limits?: OperationLimitsOptions & { subscriptions?: number };
  /** The shortest publishing and sampling intervals that it grants. */
  leastMs?: number;
  addNodes?: (namespace: Namespace, folder: UAObject) => void;
}

export interface TestServer extends AsyncDisposable {
  endpoint: string;
  port: number;
  namespace: Namespace;
  folder: UAObject;
  stop(): Promise<void>;
}

/** Its nodes lie in /Objects/T:Machine, T being `TEST_URI`. */
export async function startOpcuaServer(options: TestServerOptions): Promise<TestServer> {
  MonitoredItem.minimumSamplingInterval = options.leastMs ?? 10;
  Subscription.minimumPublishingInterval = options.leastMs ?? 10;
  const certificates = new OPCUACertificateManager({
    rootFolder: options.pki,
    automaticallyAcceptUnknownCertificate: options.acceptsAll ?? true,
    disableFileWatchers: true,
  });
  const { uri = TEST_URI, ip = '127.0.0.1', fromDay = -1, days = 30, keyBits } = options.certificate ?? {};
  if (keyBits !== undefined) await makeKey(certificates.privateKey, keyBits);
  await certificates.initialize();
  const certificateFile = `${options.pki}/server.pem`;
  await certificates.createSelfSignedCertificate({
    applicationUri: uri,
    dns: ['test-machine'],
    ip: [ip],
    outputFile: certificateFile,
    startDate: new Date(Date.now() + fromDay * DAY_MS),
    subject: '/CN=Test machine/O=Lehr',
    validity: days,
  });
  const { Sign, SignAndEncrypt, None } = MessageSecurityMode;
  const { Basic256Sha256, Aes128_Sha256_RsaOaep, Aes256_Sha256_RsaPss } = SecurityPolicy;
  const isOpen = options.offers === 'none';
  const { subscriptions = 10, ...operations } = options.limits ?? {};
  const server = new OPCUAServer({
    port: options.port ?? 0,
    host: '127.0.0.1',
    hostname: '127.0.0.1',
    serverCertificateManager: certificates,
    certificateFile,
    privateKeyFile: certificates.privateKey,
    securityModes: isOpen ? [None] : [Sign, SignAndEncrypt],
    securityPolicies: isOpen ? [SecurityPolicy.None] : [Basic256Sha256, Aes128_Sha256_RsaOaep, Aes256_Sha256_RsaPss],
    allowAnonymous: options.user === undefined,
    userManager: { isValidUser: (name: string, password: string) => `${name}:${password}` === options.user },
    serverCapabilities: {
      minSupportedSampleRate: 0,
      maxSubscriptionsPerSession: subscriptions,
      operationLimits: operations,
    },
    serverInfo: { applicationUri: TEST_URI, productUri: 'urn:lehr:test' },
  });
  await server.initialize();
  const addressSpace = server.engine.addressSpace;
  if (!addressSpace) throw new Error('node-opcua gave no address space');
  const namespace = addressSpace.registerNamespace(TEST_URI);
  const folder = namespace.addObject({ browseName: 'Machine', organizedBy: addressSpace.rootFolder.objects });
  options.addNodes?.(namespace, folder);
  await server.start();
  const port = server.endpoints[0]?.port ?? 0;
  const stop = () => server.shutdown(0);
  return { endpoint: `opc.tcp://127.0.0.1:${port}`, port, namespace, folder, stop, [Symbol.asyncDispose]: stop };
}

async function makeKey(file: string, modulusLength: number): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength });
  await writeFile(file, privateKey.export({ type: 'pkcs8', format: 'pem' }));
}
