/** How much each caller may ask for in a minute: people and MES by who they are, edge nodes by their token with far more, nobody by address. */
import type { GraphQLError } from 'graphql';
import type { Config } from '../config.ts';
import type { Context, Services } from '../kit/context.ts';
import { limitExceeded } from '../kit/limit-error.ts';
import type { Memory, Slot } from '../kit/memory.ts';
import type { Principal } from '../kit/rights.ts';
import { createTokenBuckets, type TokenBuckets } from './token-bucket.ts';

export interface RateLimit {
  limit: number;
  cost: number;
  remaining: number;
  resetAt: Date;
}

export interface RatedCaller {
  address: string;
  /** null: nobody is signed in. */
  principal: Principal | null;
}

type Limits = Config['limits'];

interface Rate {
  key: string;
  perMinute: number;
  name: 'LEHR_LIMIT_RATE_PER_PRINCIPAL' | 'LEHR_LIMIT_RATE_PER_EDGE_NODE' | 'LEHR_LIMIT_RATE_PER_ADDRESS';
}

/** All doors of a server spend from the same buckets; several servers each have their own. */
const buckets: Slot<Map<number, TokenBuckets>> = { make: () => new Map() };

/** Spends the points. Undefined when there were enough, the refusal otherwise. */
export function spendRate(
  { config, memory, now }: Pick<Services, 'config' | 'memory' | 'now'>,
  caller: RatedCaller,
  cost: number,
): GraphQLError | undefined {
  const { key, perMinute, name } = rateOf(config.limits, caller);
  if (cost > perMinute) {
    return limitExceeded({
      code: 'QUERY_TOO_LARGE',
      limit: name,
      message: `The operation costs ${cost} points; the caller has ${perMinute} a minute`,
      value: cost,
      most: perMinute,
      remedy: 'Ask for less at once.',
      http: { status: 400 },
    });
  }
  const at = now().getTime();
  const { waitMs, remaining, fullInMs } = bucketsOf(memory, config.limits).take(key, perMinute, cost, at);
  if (waitMs === 0) return undefined;
  const retryAfterS = Math.ceil(waitMs / 1000);
  return limitExceeded({
    code: 'RATE_LIMITED',
    limit: name,
    message: `The operation costs ${cost} points and ${remaining} of ${perMinute} a minute are left`,
    value: cost,
    most: remaining,
    remedy: `Try again in ${retryAfterS} s, or ask for less at once.`,
    http: { status: 429, headers: { 'Retry-After': String(retryAfterS) } },
    more: { retryAfterS, resetAt: new Date(at + fullInMs).toISOString() },
  });
}

/** What is left after this operation. */
export function readRate(context: Context): RateLimit {
  const { config, memory, address, rights, cost } = context;
  const principal = rights.isAnonymous ? null : context.viewer;
  const { key, perMinute } = rateOf(config.limits, { address, principal });
  const at = context.now().getTime();
  const { remaining, fullInMs } = bucketsOf(memory, config.limits).read(key, perMinute, at);
  return { limit: perMinute, cost, remaining, resetAt: new Date(at + fullInMs) };
}

function rateOf(limits: Limits, { address, principal }: RatedCaller): Rate {
  if (!principal)
    return { key: `address:${address}`, perMinute: limits.ratePerAddress, name: 'LEHR_LIMIT_RATE_PER_ADDRESS' };
  if (principal.kind === 'token' && principal.role === 'edge_node') {
    const perMinute = limits.ratePerEdgeNode;
    return { key: `token:${principal.tokenId}`, perMinute, name: 'LEHR_LIMIT_RATE_PER_EDGE_NODE' };
  }
  const key = principal.kind === 'person' ? `person:${principal.personId}` : `token:${principal.tokenId}`;
  return { key, perMinute: limits.ratePerPrincipal, name: 'LEHR_LIMIT_RATE_PER_PRINCIPAL' };
}

function bucketsOf(memory: Memory, { rateBuckets }: Limits): TokenBuckets {
  const bySize = memory.of(buckets);
  const known = bySize.get(rateBuckets) ?? createTokenBuckets(rateBuckets);
  bySize.set(rateBuckets, known);
  return known;
}
