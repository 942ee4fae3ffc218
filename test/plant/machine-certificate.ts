/** Where the simulated machine keeps its certificate, and how a fitter lets it in at the edge node. */
import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

export function certificateFile(pki: string): string {
  return join(pki, 'own', 'certs', 'machine.pem');
}

/** Puts the machine's certificate among those that the node of this home trusts. */
export function trustMachine(pki: string, edgeHome: string): void {
  const trusted = join(edgeHome, 'opcua', 'trusted', 'certs');
  mkdirSync(trusted, { recursive: true });
  copyFileSync(certificateFile(pki), join(trusted, 'simulated-machine.pem'));
}
