/** The way into a server: its door looked up and checked, a secure channel through it, a session as the configured user. */
import { readFile } from 'node:fs/promises';
import {
  type ClientSession,
  type EndpointDescription,
  MessageSecurityMode,
  OPCUAClient,
  SecurityPolicy,
  UserTokenType,
} from 'node-opcua';
import type { MachineConfig, SecurityConfig } from '../config/machine-config.ts';
import { checkServer, MachineRefusedError, selectEndpoint } from './opcua-endpoint.ts';
import type { OpcuaPki } from './opcua-pki.ts';

const SESSION_MS = 60_000;
const ANSWER_MS = 10_000;

export type Closer = () => Promise<unknown>;

/** The server's description of the door that the configuration asks for. Rejects with `MachineRefusedError` when it is not to be entered. */
export async function discover(
  config: MachineConfig,
  pki: OpcuaPki,
  onClose: (closer: Closer) => void,
): Promise<EndpointDescription> {
  // What a server offers is asked before there is trust; nothing of the answer counts until its certificate is checked.
  const client = createClient(undefined, pki, undefined);
  const leave = once(() => client.disconnect());
  onClose(leave);
  await client.connect(config.endpoint);
  const endpoint = selectEndpoint(await client.getEndpoints({ endpointUrl: config.endpoint }), config.security);
  if (endpoint.securityMode !== MessageSecurityMode.None) await checkServer(endpoint, config, pki);
  await leave();
  return endpoint;
}

function once(closer: Closer): Closer {
  let closing: Promise<unknown> | undefined;
  return () => (closing ??= closer());
}

export function createClient(
  security: SecurityConfig | undefined,
  { manager, certificateFile, privateKeyFile }: OpcuaPki,
  serverCertificate: Buffer | undefined,
): OPCUAClient {
  const { mode, policy } = security ?? { mode: 'None', policy: 'None' };
  return OPCUAClient.create({
    applicationName: 'Lehr edge node',
    clientName: `lehr-edge-${process.pid}`,
    clientCertificateManager: manager,
    certificateFile,
    privateKeyFile,
    securityMode: MessageSecurityMode[mode],
    securityPolicy: SecurityPolicy[policy],
    // Of this certificate, which was checked, and no other.
    ...(mode === 'None' || !serverCertificate ? {} : { serverCertificate }),
    endpointMustExist: false,
    connectionStrategy: { maxRetry: 0, initialDelay: 100, maxDelay: 1_000 },
    keepSessionAlive: false,
    requestedSessionTimeout: SESSION_MS,
    transportTimeout: ANSWER_MS,
  });
}

/** Rejects with `MachineRefusedError` when the server does not let the node or its user in. */
export async function openSession(client: OPCUAClient, config: MachineConfig, pki: OpcuaPki): Promise<ClientSession> {
  const { endpoint, security } = config;
  if (security && pki.expiresAt.getTime() < Date.now()) {
    const day = pki.expiresAt.toISOString().slice(0, 10);
    throw new MachineRefusedError(
      `this node's certificate ${pki.certificateFile} has expired on ${day}; put a new one there (one that the node made itself: remove it)`,
    );
  }
  const user = security?.user;
  try {
    await client.connect(endpoint);
    if (!user) return await client.createSession();

    const password = user.password ?? (await readPassword(user.passwordFile ?? ''));
    return await client.createSession({ type: UserTokenType.UserName, userName: user.name, password });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const status = /Bad[A-Z]\w+/.exec(message)?.[0] ?? '';
    if (/^Bad(SecurityChecksFailed|Certificate)/.test(status)) {
      throw new MachineRefusedError(
        `does not trust this node (${status}); put ${pki.certificateFile} into the machine's list of trusted certificates`,
      );
    }
    if (user && /^Bad(IdentityToken|UserAccessDenied|UserSignature)/.test(status)) {
      throw new MachineRefusedError(`refuses user ${user.name} (${status}); correct name or password in security.user`);
    }
    throw error;
  }
}

async function readPassword(file: string): Promise<string> {
  try {
    return (await readFile(file, 'utf8')).replace(/\r?\n$/, '');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`security.user.passwordFile ${file} cannot be read (${reason}); correct the path`, { cause });
  }
}
