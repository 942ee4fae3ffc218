/** What a test can make of the machine's security and clock. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  AttributeIds,
  type ClientSession,
  LogLevel,
  MessageSecurityMode,
  OPCUACertificateManager,
  OPCUAClient,
  SecurityPolicy,
  setLogLevel,
  UserTokenType,
} from 'node-opcua';
import { afterAll, describe, expect, it } from 'vitest';
import { startMachine } from './program.ts';

// The refusals are what is looked for.
setLogLevel(LogLevel.Error);
const folder = mkdtempSync(join(tmpdir(), 'lehr-security-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const CURRENT_TIME = 'i=2258';
const clientCertificateManager = new OPCUACertificateManager({
  rootFolder: join(folder, 'client-pki'),
  automaticallyAcceptUnknownCertificate: true,
});
const secure = {
  securityMode: MessageSecurityMode.SignAndEncrypt,
  securityPolicy: SecurityPolicy.Aes256_Sha256_RsaPss,
};

async function withSession<T>(
  endpoint: string,
  options: Partial<typeof secure>,
  user: { userName: string; password: string } | undefined,
  work: (session: ClientSession, client: OPCUAClient) => Promise<T>,
): Promise<T> {
  const client = OPCUAClient.create({ ...options, clientCertificateManager, connectionStrategy: { maxRetry: 0 } });
  try {
    await client.connect(endpoint);
    const session = await client.createSession(
      user ? { type: UserTokenType.UserName, ...user } : { type: UserTokenType.Anonymous },
    );
    const result = await work(session, client);
    await session.close();
    return result;
  } finally {
    await client.disconnect();
  }
}

describe('the machine', () => {
  it('asks for encryption and for its user, and shows a clock that is ahead', async () => {
    const hourMs = 3_600_000;
    const pki = join(folder, 'secure');
    const flags = ['--security', 'secure', '--user', 'edge:secret', '--clock-offset-ms', String(hourMs)];
    const { program, endpoint } = await startMachine(['--pki', pki, ...flags]);
    const right = { userName: 'edge', password: 'secret' };
    const modes = await withSession(endpoint, secure, right, async (session, client) => {
      const { value } = await session.read({ nodeId: CURRENT_TIME, attributeId: AttributeIds.Value });
      expect(Math.abs((value.value as Date).getTime() - Date.now() - hourMs)).toBeLessThan(60_000);
      return new Set((await client.getEndpoints()).map(({ securityMode }) => securityMode));
    });
    expect([...modes].sort()).toEqual([MessageSecurityMode.Sign, MessageSecurityMode.SignAndEncrypt]);
    const open = async () => {};
    await expect(withSession(endpoint, secure, { ...right, password: 'wrong' }, open)).rejects.toThrow();
    await expect(withSession(endpoint, secure, undefined, open)).rejects.toThrow();
    await expect(withSession(endpoint, {}, right, open)).rejects.toThrow();
    await program.end();
  }, 60_000);

  it('makes a certificate that has expired when asked to, and keeps what it has', async () => {
    const pki = join(folder, 'expired');
    const { program } = await startMachine(['--pki', pki, '--certificate-days=-2']);
    await program.end();
    const certificate = () => new X509Certificate(readFileSync(join(pki, 'own', 'certs', 'machine.pem')));
    expect(certificate().validToDate.getTime()).toBeLessThan(Date.now());
    const { fingerprint } = certificate();
    const again = await startMachine(['--pki', pki]);
    await again.program.end();
    expect(certificate().fingerprint).toBe(fingerprint);
  }, 60_000);
});
