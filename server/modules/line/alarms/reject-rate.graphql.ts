/** The chart of a line's reject rate in the schema: shapes only; the rules are in `reject-rate.ts`. */
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { LineRef } from '../../plant/parts/plants.ref.ts';
import { judgeLine, SUBGROUP_MS } from './evaluate-alarms.service.ts';
import type { RejectRateJudgement } from './reject-rate.ts';

const readers = { roles: READERS };

/** What there is only with limits. */
function chartOf(judged: RejectRateJudgement) {
  return 'chart' in judged ? judged : null;
}

const RejectRateLimitsRef = builder.objectRef<RejectRateJudgement>('RejectRateLimits').implement({
  description: 'What reject rate of a line is usual for the product that it makes, from its own last two days.',
  authScopes: readers,
  fields: (t) => ({
    centre: t.float({
      nullable: true,
      description: 'Rejects as a share of parts in the history; null when there is too little of it.',
      resolve: (judged) => chartOf(judged)?.chart.centre ?? null,
    }),
    limit: t.float({
      nullable: true,
      description: 'Above it the newest subgroup is out of limits; null when there are none.',
      resolve: (judged) => chartOf(judged)?.chart.limit ?? null,
    }),
    rate: t.float({
      nullable: true,
      description: 'Of the newest subgroup.',
      resolve: (judged) => chartOf(judged)?.rate ?? null,
    }),
    historyParts: t.int({
      nullable: true,
      description: 'Parts that the limits stand on.',
      resolve: (judged) => chartOf(judged)?.chart.historyParts ?? null,
    }),
    subgroupMs: t.int({ description: 'Length of a subgroup.', resolve: () => SUBGROUP_MS }),
    reason: t.string({
      nullable: true,
      description: 'Why there are no limits; null when there are.',
      resolve: (judged) => ('reason' in judged ? judged.reason : null),
    }),
  }),
});

builder.objectField(LineRef, 'rejectRateLimits', (t) =>
  t.field({
    type: RejectRateLimitsRef,
    authScopes: readers,
    description: 'Control limits of its reject rate.',
    resolve: (line, _args, context) => judgeLine(context, line.id),
  }),
);
