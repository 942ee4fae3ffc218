import { describe, expect, it } from 'vitest';
import { GateSchema } from '../../../edge/config/gate-config.ts';
import { MachineSchema } from '../../../edge/config/machine-config.ts';
import { judgeGranted, judgeLead, judgeMargin } from '../../../edge/report/judge-gate.ts';
import { GATE } from '../gate/gate-bench.ts';
import { measured, spreadOf } from './measured.ts';

const gate = GateSchema.parse({ ...GATE, mode: 'dry-run', leadMs: 100 });
const parts = measured({ askedMs: Array.from({ length: 400 }, () => 10) });
const many = (from: number, to: number) =>
  spreadOf(Array.from({ length: 400 }, (_, at) => from + ((to - from) * at) / 399));

describe('what a report says of the gate', () => {
  it('says how much sooner verdicts must stand, or how much farther the gate', () => {
    expect(judgeMargin({ ...parts, marginMs: many(5, 90) }, gate, 500)).toMatchObject([{ fit: 'fits' }]);
    const late = { ...parts, marginMs: many(-100, 90), parts: { triggered: 400, ended: 400, late: 200 } };
    expect(judgeMargin(late, gate, 500)).toMatchObject([
      {
        fit: 'cannot fit',
        remark:
          '200 of 400 verdicts came too late, by 100 ms at most: quicker camera or model, or the gate 60 mm farther',
      },
    ]);
  });

  it('knows no lead before something is written, and says how long a read takes', () => {
    expect(judgeLead({ ...parts, readMs: 4 }, gate)).toMatchObject({
      fit: 'not known',
      measured: 'nothing is written before the gate is active; a read takes about 8 ms there and back',
    });
  });

  it('lets no lead be longer than confirmations take, nor shorter than the way of a write', () => {
    const active = (least: number) => ({ ...parts, writeMs: many(20, 20), confirmedAfterMs: many(least, least + 20) });
    expect(judgeLead(active(60), gate)).toMatchObject({ fit: 'too large', enter: 60 });
    expect(judgeLead(active(120), gate)).toMatchObject({ fit: 'fits' });
    expect(judgeLead(active(60), { ...gate, leadMs: 5 })).toMatchObject({ fit: 'too small', enter: 10 });
  });

  it('sets what the machine granted against what was asked for', () => {
    const machine = MachineSchema.parse({
      line: 'line-1',
      endpoint: 'opc.tcp://h:1',
      signals: { c: { path: '/C', fast: true } },
    });
    const granted = (publishingMs: number) =>
      judgeGranted({ ...parts, granted: { c: { publishingMs, samplingMs: 10 } } }, machine, 0);
    expect(granted(40)).toMatchObject([{ path: ['machines', 0, 'fastPublishingIntervalMs'], fit: 'fits' }]);
    expect(granted(250)).toMatchObject([{ fit: 'too small', enter: 250 }]);
    expect(granted(1_500)).toMatchObject([{ fit: 'cannot fit' }]);
  });
});
