/** Whether the server is reached, knows this node, agrees with the configuration, and has the same time. */
import type { EdgeConfig } from '../config.ts';
import { readIdentity } from '../uplink/node-identity.ts';
import { fetchPlan, type NodePlan } from '../uplink/node-plan.ts';
import { createServerClient, type ServerClient } from '../uplink/server-client.ts';
import type { Finding } from './check-list.ts';

/** What stands in the way, by the code of the system or of TLS, and what to do about it. */
const REMEDIES: Record<string, string> = {
  ECONNREFUSED: 'nothing answers there: is the server running, is the port right?',
  ENOTFOUND: 'the name is not known: correct it, or enter it in the name service',
  EAI_AGAIN: 'the name service does not answer: check the network of this machine',
  EHOSTUNREACH: 'there is no way to it: check cable, network and firewall',
  ENETUNREACH: 'there is no way to it: check cable, network and firewall',
  CERT_HAS_EXPIRED: 'the certificate of the server has expired: renew it there, and check the clock here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name: use the name that stands in it',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted: name its issuer in NODE_EXTRA_CA_CERTS',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted: name it in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted: name its issuer in NODE_EXTRA_CA_CERTS',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted: name its issuer in NODE_EXTRA_CA_CERTS',
};
/** The header has whole seconds, and captures are told apart by them. */
const MAX_SKEW_MS = 2_000;

/** Throws when it is not reached, or does not say what time it is. */
export async function checkReach({ server }: EdgeConfig): Promise<Finding<number>> {
  const askedMs = Date.now();
  const response = await fetch(new URL('/health', server.url), { signal: AbortSignal.timeout(server.timeoutMs) }).catch(
    (error: unknown) => {
      throw new Error(reasonOf(error, server.timeoutMs), { cause: error });
    },
  );
  const answeredMs = Date.now();
  await response.body?.cancel();
  const date = Date.parse(response.headers.get('date') ?? '');
  if (!response.ok || Number.isNaN(date)) throw new Error(`what answers there (${response.status}) is no Lehr server`);
  const how = server.url.startsWith('https:') ? 'certificate trusted' : 'not encrypted';
  // The second of the header began up to a second before the answer.
  const skewMs = (askedMs + answeredMs) / 2 - (date + 500);
  return { result: skewMs, told: `${server.url} answers in ${answeredMs - askedMs} ms, ${how}` };
}

/** Throws when the clocks differ by more than captures can bear. */
export async function checkClock(skewMs: number): Promise<Finding<void>> {
  const seconds = `${(Math.abs(skewMs) / 1_000).toFixed(1)} s ${skewMs > 0 ? 'ahead of' : 'behind'} the server's`;
  if (Math.abs(skewMs) > MAX_SKEW_MS)
    throw new Error(`the clock of this machine is ${seconds}; set it, and have a time service (NTP) keep it`);
  return { result: undefined, told: 'the same as the server’s to a second' };
}

/** Throws when the server does not know the node, or contradicts the configuration. */
export async function checkPlan(
  config: EdgeConfig,
  signal: AbortSignal,
): Promise<Finding<{ plan: NodePlan; client: ServerClient }>> {
  const client = createServerClient(config.server, await readIdentity(config));
  const plan = await fetchPlan(client, config, signal);
  const notes = plan.cameras
    .filter(({ model }) => !model)
    .map(({ line, station, camera }) => `no model is assigned to camera ${line}/${station}/${camera}`);
  const told = `knows this node, plant ${plan.plantCode}, ${plan.cameras.length} cameras`;
  return { result: { plan, client }, told, notes };
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof Error && error.name === 'TimeoutError')
    return `no answer within ${timeoutMs} ms: check cable, network and firewall`;
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  return REMEDIES[code] ?? (cause instanceof Error ? cause.message : String(cause));
}
