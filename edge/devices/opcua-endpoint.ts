/** Which door of the server is taken, and whether it is the right house: exactly what the configuration says, or one message that says why not. */
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { type EndpointDescription, MessageSecurityMode, SecurityPolicy, UserTokenType } from 'node-opcua';
import type { MachineConfig, SecurityConfig } from '../config/machine-config.ts';
import { keyTrouble, type OpcuaPki } from './opcua-pki.ts';
import { thumbprint, whyUntrusted } from './opcua-trust.ts';

/** What is wrong with the other side, and what to do about it. */
export class MachineRefusedError extends Error {
  override readonly name = 'MachineRefusedError';
}

/** Throws `MachineRefusedError`, which names what the server offers, unless it has exactly this mode and policy. */
export function selectEndpoint(
  endpoints: EndpointDescription[],
  security: SecurityConfig | undefined,
): EndpointDescription {
  const { mode, policy, user } = security ?? { mode: 'None', policy: 'None' };
  const matching = endpoints.filter(
    ({ securityMode, securityPolicyUri }) =>
      securityMode === MessageSecurityMode[mode] && securityPolicyUri === SecurityPolicy[policy],
  );
  if (matching.length === 0) {
    const offers = [...new Set(endpoints.map(nameOf))].join(', ') || 'nothing';
    throw new MachineRefusedError(
      `offers ${offers}, but not ${mode} with ${policy}; change mode and policy in security, or switch it on at the machine`,
    );
  }
  const token = user ? UserTokenType.UserName : UserTokenType.Anonymous;
  const fitting = matching.find(({ userIdentityTokens }) =>
    userIdentityTokens?.some(({ tokenType }) => tokenType === token),
  );
  if (fitting) return fitting;
  throw new MachineRefusedError(
    user
      ? 'takes no user names; remove user from security'
      : 'lets nobody in without a name; give user with name and passwordFile in security',
  );
}

function nameOf({ securityMode, securityPolicyUri }: EndpointDescription): string {
  const policy = securityPolicyUri?.split('#')[1] ?? 'an unknown policy';
  return policy === 'None' ? 'None' : `${MessageSecurityMode[securityMode]} with ${policy}`;
}

/** Throws `MachineRefusedError` unless a person has let this machine in and its certificate is valid for where it was found. */
export async function checkServer(endpoint: EndpointDescription, config: MachineConfig, pki: OpcuaPki): Promise<void> {
  const chain = endpoint.serverCertificate;
  if (!chain || chain.length === 0) throw new MachineRefusedError('shows no certificate; have one made at the machine');
  // A chain begins with the machine's own certificate; what follows it is not read here.
  const certificate = new X509Certificate(chain);
  const refuse = (why: string) => {
    throw new MachineRefusedError(`its certificate (${describeCertificate(certificate)}) ${why}`);
  };

  if (Date.parse(certificate.validTo) < Date.now())
    refuse(`has expired on ${dayOf(certificate.validTo)}; have a new one made at the machine`);
  if (Date.parse(certificate.validFrom) > Date.now())
    refuse(`is only valid from ${dayOf(certificate.validFrom)} on; set the clocks of node and machine`);
  const key = keyTrouble(certificate.publicKey);
  if (key !== undefined) refuse(`has ${key}; have a new one made at the machine`);
  const uri = applicationUriOf(certificate);
  const { applicationUri } = endpoint.server;
  if (uri !== applicationUri)
    refuse(
      `is that of ${uri ?? 'no application'}, but the machine calls itself ${applicationUri}; have a new one made`,
    );
  const host = new URL(config.endpoint.replace('opc.tcp:', 'http:')).hostname.replace(/^\[|\]$/g, '');
  if (config.security?.checkHost !== false && !isFor(certificate, host)) {
    const names = certificate.subjectAltName?.match(/(?:DNS|IP Address):[^,]+/g)?.join(', ') ?? 'no host';
    refuse(`is for ${names}, not for ${host}; correct endpoint, or set checkHost: false in security`);
  }
  const why = await whyUntrusted(certificate, chain, pki.manager);
  if (why !== undefined) refuse(why);
}

/** A server without security may have no certificate: that never ends. */
export function expiryOf(chain: Buffer | undefined): Date {
  return chain && chain.length > 0 ? new Date(new X509Certificate(chain).validTo) : new Date(8.64e15);
}

/** OPC 10000-6, 6.2.2: the URI among the alternative names is that of the application. */
function applicationUriOf(certificate: X509Certificate): string | undefined {
  return /URI:"?([^,"]+)/.exec(certificate.subjectAltName ?? '')?.[1];
}

function isFor(certificate: X509Certificate, host: string): boolean {
  if (isIP(host) !== 0) return certificate.checkIP(host) !== undefined;
  return certificate.checkHost(host, { subject: 'never' }) !== undefined;
}

function describeCertificate(certificate: X509Certificate): string {
  const name = /CN=(.+)/.exec(certificate.subject)?.[1] ?? 'without a name';
  return `"${name}", SHA-1 ${thumbprint(certificate)}`;
}

function dayOf(time: string): string {
  return new Date(time).toISOString().slice(0, 10);
}
