/**
 * The node's certificates for all of its machines, in one folder: `own/` is made once and kept, `trusted/certs` holds the machines that a
 * person let in (`issuers/` and the lists of revoked ones beside it), `rejected/` those that wait for a person. Nothing is trusted unasked.
 */
import { createPrivateKey, type KeyObject, randomBytes, X509Certificate } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { OPCUACertificateManager } from 'node-opcua';
import type { SecurityConfig } from '../config/machine-config.ts';

export interface OpcuaPki {
  manager: OPCUACertificateManager;
  certificateFile: string;
  privateKeyFile: string;
  expiresAt: Date;
  close(): Promise<void>;
}

const VALID_DAYS = 3_650;

/** Makes folders, key and certificate where they are missing. Rejects when the configured files cannot be read. */
export async function openPki(folder: string, security: SecurityConfig | undefined): Promise<OpcuaPki> {
  // No watchers: the folder is read again for each connection.
  const manager = new OPCUACertificateManager({ rootFolder: folder, keySize: 2048, disableFileWatchers: true });
  const close = () => manager.dispose().catch(() => {});
  try {
    await manager.initialize();
    const certificateFile = security?.certificateFile ?? ownCertificateFile(folder);
    const privateKeyFile = security?.privateKeyFile ?? manager.privateKey;
    if (!security?.certificateFile && !existsSync(certificateFile)) await makeCertificate(manager, certificateFile);
    const certificate = await readCertificate(certificateFile);
    const trouble = security && keyTrouble(certificate.publicKey);
    if (trouble) throw new Error(`${certificateFile} has ${trouble}; give a pair with such a key`);
    if (!certificate.checkPrivateKey(await readKey(privateKeyFile)))
      throw new Error(`${privateKeyFile} is not the key of ${certificateFile}; give the pair that belongs together`);
    return { manager, certificateFile, privateKeyFile, expiresAt: new Date(certificate.validTo), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/** OPC 10000-7: all policies that are offered here take RSA keys of these lengths, and no others. */
const KEY_BITS = { least: 2_048, most: 4_096 };

export function keyTrouble({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): string | undefined {
  const bits = asymmetricKeyDetails?.modulusLength;
  if (asymmetricKeyType !== 'rsa' || bits === undefined) return `a key of type ${asymmetricKeyType}, not RSA`;
  if (bits >= KEY_BITS.least && bits <= KEY_BITS.most) return undefined;
  return `a key of ${bits} bits, where the policies take ${KEY_BITS.least} to ${KEY_BITS.most}`;
}

export function ownCertificateFile(folder: string): string {
  return join(folder, 'own', 'certs', 'lehr-edge-node.pem');
}

/** When the first of the certificates that the node shows to its machines ends; undefined while there is none. */
export async function certificateExpiry(
  folder: string,
  machines: (SecurityConfig | undefined)[],
): Promise<Date | undefined> {
  const files = machines.flatMap((security) => {
    if (!security || security.mode === 'None') return [];
    return [security.certificateFile ?? ownCertificateFile(folder)];
  });
  const ends = await Promise.all(
    [...new Set(files)].map((file) =>
      readCertificate(file).then(
        ({ validTo }) => Date.parse(validTo),
        () => Number.POSITIVE_INFINITY,
      ),
    ),
  );
  const first = Math.min(...ends, Number.POSITIVE_INFINITY);
  return Number.isFinite(first) ? new Date(first) : undefined;
}

/** The application URI names this node for good: a machine may know it by that. */
async function makeCertificate(manager: OPCUACertificateManager, file: string): Promise<void> {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString('hex')}`;
  await manager.createSelfSignedCertificate({
    applicationUri: `urn:${hostname()}:lehr-edge-node:${randomBytes(4).toString('hex')}`,
    dns: [hostname()],
    outputFile: draft,
    subject: '/CN=Lehr edge node/O=Lehr',
    startDate: new Date(),
    validity: VALID_DAYS,
  });
  // Of two that make it at once the first one stays: no machine may come to trust the other.
  await link(draft, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(draft);
}

async function readCertificate(file: string): Promise<X509Certificate> {
  return await reading(file, 'certificate', async () => new X509Certificate(await readFile(file)));
}

async function readKey(file: string) {
  return await reading(file, 'private key', async () => createPrivateKey(await readFile(file)));
}

async function reading<T>(file: string, what: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the ${what} ${file} cannot be read (${reason}); correct the path or the file`, { cause });
  }
}
