import { describe, expect, it } from 'vitest';
import { doubtAge, doubtWords } from '../../hmi/features/line/doubt-words.ts';
import { outlinesOf, worstDefect } from '../../hmi/features/line/part-image.ts';
import { signalText } from '../../hmi/features/line/signal-text.ts';
import { assignedModels } from '../../hmi/lib/assigned-models.ts';
import { machineDoubt } from '../../hmi/lib/machine-age.ts';
import { otherSignals, signalDoubt } from '../../hmi/lib/machine-signals.ts';
import { nodeProblems } from '../../hmi/lib/node-health.ts';
import { isAbnormalState, stateWord } from '../../hmi/lib/packml.ts';
import { en } from '../../hmi/lib/words-en.ts';

const sentAt = '2026-03-01T12:00:10.000Z';
const at = (secondsBefore: number) => new Date(Date.parse(sentAt) - secondsBefore * 1000).toISOString();

describe('believing the machine', () => {
  it('doubts nothing while the node passes on good values', () => {
    expect(machineDoubt({ quality: 'GOOD', receivedAt: at(1.9), sourceTime: at(900) }, sentAt)).toBeUndefined();
  });

  it('doubts good values that the node has not confirmed for two heartbeats', () => {
    const doubt = machineDoubt({ quality: 'GOOD', receivedAt: at(14), sourceTime: at(900) }, sentAt);
    expect(doubt).toEqual({ kind: 'stale', since: Date.parse(at(14)) });
  });

  it('doubts values by their own quality since their source time', () => {
    const machine = { receivedAt: at(0.2), sourceTime: at(30) };
    expect(machineDoubt({ ...machine, quality: 'STALE' }, sentAt)).toEqual({
      kind: 'stale',
      since: Date.parse(at(30)),
    });
    expect(machineDoubt({ ...machine, quality: 'BAD', sourceTime: null }, sentAt)).toEqual({
      kind: 'bad',
      since: Date.parse(at(0.2)),
    });
  });

  it('counts from the last word of the machine, not from the beginning of a state that held for long', () => {
    const machine = {
      receivedAt: at(0.2),
      sourceTime: at(1_080),
      signals: [{ sourceTime: at(9) }, { sourceTime: null }],
    };
    expect(machineDoubt({ ...machine, quality: 'STALE' }, sentAt)).toEqual({ kind: 'stale', since: Date.parse(at(9)) });
  });

  it('says since when', () => {
    const doubt = { kind: 'stale', since: 1_000 } as const;
    expect(doubtWords(doubt, 15_000, 'en-GB', en)).toBe('stale 14 s');
    expect(doubtAge(doubt, 15_000, 'en-GB', en)).toBe('14 s');
    expect(doubtAge({ ...doubt, kind: 'bad' }, 15_000, 'en-GB', en)).toBe('bad 14 s');
    expect(doubtWords(undefined, 15_000, 'en-GB', en)).toBeUndefined();
  });
});

describe('the health of a node', () => {
  const status = { machineConnected: true, deadLetters: 0, cameras: [{ cameraId: 'c', problem: null }] };

  it('has no problems while it speaks and is well', () => {
    expect(nodeProblems({ lastSeenAt: at(1), status }, sentAt)).toEqual([]);
  });

  it('is its silence alone, once it is silent', () => {
    const silent = { lastSeenAt: at(6), status: { ...status, deadLetters: 3 } };
    expect(nodeProblems(silent, sentAt)).toEqual([{ kind: 'down', since: Date.parse(at(6)) }]);
    expect(nodeProblems({ lastSeenAt: null, status: null }, sentAt)).toEqual([{ kind: 'never-seen' }]);
  });

  it('names the machine, the cameras and what the server refused', () => {
    const troubled = {
      machineConnected: false,
      deadLetters: 2,
      cameras: [{ cameraId: 'c', problem: 'folder is gone' }],
    };
    expect(nodeProblems({ lastSeenAt: at(1), status: troubled }, sentAt)).toEqual([
      { kind: 'machine-lost' },
      { kind: 'camera', cameraId: 'c', problem: 'folder is gone' },
      { kind: 'dead-letters', count: 2 },
    ]);
  });
});

describe('what the line shows', () => {
  it('writes PackML states in capitals and calls only lost production abnormal', () => {
    expect(stateWord(' Execute ')).toBe('EXECUTE');
    expect(stateWord('')).toBeUndefined();
    expect(isAbnormalState('Held')).toBe(true);
    expect(isAbnormalState('Execute')).toBe(false);
    expect(isAbnormalState(null)).toBe(false);
  });

  it('sums up the models of its cameras', () => {
    const camera = (number: number, createdAt: string) => ({
      assignment: { modelVersion: { id: String(number), number, createdAt } },
    });
    const stations = [
      { cameras: [camera(3, at(10)), camera(4, at(5))] },
      { cameras: [camera(4, at(5)), { assignment: null }] },
    ];
    expect(assignedModels(stations)).toEqual({ numbers: [4, 3], oldestMs: Date.parse(at(10)), camerasWithout: 1 });
    expect(assignedModels([{ cameras: [{ assignment: null }] }])).toBeUndefined();
  });

  it('draws outlines of three points or more, and names a part by its worst defect', () => {
    const defects = [
      { class: 'chip', score: 0.6, outline: [0, 0, 1, 0, 1, 1] },
      { class: 'crack', score: 0.9, outline: [0, 0, 1, 0] },
      { class: 'inclusion', score: 0.7, outline: null },
    ];
    expect(outlinesOf({ defects })).toEqual([[0, 0, 1, 0, 1, 1]]);
    expect(worstDefect(defects)?.class).toBe('crack');
    expect(worstDefect([])).toBeUndefined();
  });

  it('writes a signal of whatever kind', () => {
    expect(signalText(98.44, 'de-DE', en.value)).toBe('98,4');
    expect(signalText(1_234_567.8, 'en-GB', en.value)).toBe('1,234,568');
    expect(signalText('on', 'en-GB', en.value)).toBe('on');
    expect(signalText(false, 'en-GB', en.value)).toBe('off');
    expect(signalText(null, 'en-GB', en.value)).toBeUndefined();
  });
});

describe('believing one value of the machine', () => {
  const machine = {
    quality: 'GOOD' as const,
    receivedAt: at(0.3),
    sourceTime: at(2),
    signals: [
      { name: 'temperatureC', quality: 'BAD' as const, sourceTime: at(40) },
      { name: 'speedPerMin', quality: 'GOOD' as const, sourceTime: at(900) },
      { name: 'encoderMm', quality: 'STALE' as const, sourceTime: null },
    ],
  };

  it('doubts the value whose own signal is not good, and no other', () => {
    expect(signalDoubt(machine, 'temperatureC', sentAt)).toEqual({ kind: 'bad', since: Date.parse(at(40)) });
    expect(signalDoubt(machine, 'encoderMm', sentAt)).toEqual({ kind: 'stale', since: Date.parse(at(0.3)) });
    expect(signalDoubt(machine, 'speedPerMin', sentAt)).toBeUndefined();
    expect(signalDoubt(machine, 'recipeCode', sentAt)).toBeUndefined();
  });

  it('doubts every value when nothing of the machine may be believed', () => {
    const silent = { ...machine, receivedAt: at(14) };
    expect(signalDoubt(silent, 'speedPerMin', sentAt)).toEqual({ kind: 'stale', since: Date.parse(at(14)) });
    expect(signalDoubt(silent, 'temperatureC', sentAt)).toEqual({ kind: 'bad', since: Date.parse(at(14)) });
  });

  it('lists as signals only what no field of its own shows', () => {
    expect(otherSignals(machine.signals).map(({ name }) => name)).toEqual(['encoderMm']);
  });
});
