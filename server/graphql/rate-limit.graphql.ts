/** What the caller may still ask for: names and shapes only. */
import { builder } from '../kit/builder.ts';
import { type RateLimit, readRate } from './rate-limit.ts';

const RateLimitRef = builder.objectRef<RateLimit>('RateLimit');
RateLimitRef.implement({
  description:
    'What a caller may ask for in a minute, in points: about one for each object that an operation may answer with. The points come back evenly. Beyond it operations are refused with the code RATE_LIMITED (over HTTP with status 429 and Retry-After).',
  authScopes: { public: true },
  fields: (t) => ({
    limit: t.exposeInt('limit', { description: 'Points a minute, and the most that can be spent at once.' }),
    cost: t.exposeInt('cost', { description: 'Points of this operation.' }),
    remaining: t.exposeInt('remaining', { description: 'Points that are left after this operation.' }),
    resetAt: t.expose('resetAt', {
      type: 'DateTime',
      description: 'When all points are back if nothing more is asked.',
    }),
  }),
});

builder.queryField('rateLimit', (t) =>
  t.field({
    type: RateLimitRef,
    authScopes: { public: true },
    description: 'What this operation cost and what is left.',
    resolve: (_root, _args, context) => readRate(context),
  }),
);
