/** Whether a person has let a machine's certificate in, and if not, what became of it on the way. */
import { X509Certificate } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { OPCUACertificateManager } from 'node-opcua';

const REMEDIES: Record<string, string> = {
  BadCertificateChainIncomplete: 'put the certificates of its issuers into issuers/certs',
  BadCertificateRevocationUnknown: "put its issuer's list of revoked certificates into issuers/crl",
  BadCertificateIssuerRevocationUnknown: "put its issuers' lists of revoked certificates into issuers/crl",
  BadCertificateRevoked: 'its issuer has revoked it: give the machine a new one',
  BadCertificateIssuerRevoked: 'its issuer was revoked: give the machine one of another issuer',
  BadCertificateIssuerTimeInvalid: 'its issuer has expired: give the machine one of a valid issuer',
};
/** More files than a plant has machines and issuers are not searched through. */
const MAX_FILES = 1_000;

/** Undefined when it is trusted. One that waits for a person lies in the folder of rejected ones afterwards. */
export async function whyUntrusted(
  certificate: X509Certificate,
  chain: Buffer,
  manager: OPCUACertificateManager,
): Promise<string | undefined> {
  const { rootDir, rejectedFolder, trustedFolder } = manager;
  const status = await manager.verifyCertificate(chain, { acceptCertificateWithValidIssuerChain: true });
  if (status === 'Good') return undefined;
  const isRejectedOnly = (file: string) => file.startsWith(rejectedFolder);
  const places = await placesOf(certificate, rootDir);
  const trusted = places.find((file) => file.startsWith(trustedFolder));
  const copy = places.find(isRejectedOnly);
  if (trusted && copy) {
    return `is in ${trusted} and in ${copy} at once, and so not trusted (${status}): it was copied instead of moved, remove ${copy}`;
  }
  await manager.rejectCertificate(certificate.raw);
  const astray = places.find((file) => !isRejectedOnly(file) && file !== trusted);
  if (astray) return `is not trusted (${status}): it lies in ${astray}, move it to ${trustedFolder}`;
  const file =
    copy ?? (await placesOf(certificate, rootDir)).find(isRejectedOnly) ?? join(rejectedFolder, 'its certificate');
  const remedy = REMEDIES[status] ?? `compare the thumbprint with the machine's and move ${file} to ${trustedFolder}`;
  return `is not trusted (${status}): ${remedy}`;
}

export function thumbprint(certificate: X509Certificate): string {
  return certificate.fingerprint.replaceAll(':', '').toLowerCase();
}

/** The files below the folder that hold the certificate, whatever they are called. */
async function placesOf(certificate: X509Certificate, folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const holds = await Promise.all(
    files.slice(0, MAX_FILES).map(async (file) => {
      try {
        return new X509Certificate(await readFile(file)).fingerprint256 === certificate.fingerprint256;
      } catch {
        // A key, a list of revoked ones, or what somebody left there.
        return false;
      }
    }),
  );
  return files.filter((_file, index) => holds[index]);
}
