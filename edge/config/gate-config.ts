/** A station's part trigger and its rejection gate: which signals they are, where they stand, how exact they are, and what happens when one fails. */
import { z } from 'zod';
import { text, whole } from './fields.ts';

const millimetres = (max: number) =>
  z
    .number(`give millimetres, more than 0 and at most ${max}`)
    .positive(`give millimetres, more than 0 and at most ${max}`)
    .max(max, `give millimetres, more than 0 and at most ${max}`);
const signal = text.describe("Name of a signal of the line's machine.");
const StepKind = z.enum(['counter', 'edge'], 'give "counter" (one more for each part) or "edge" (false to true)');
const PassOrStop = z.enum(['pass', 'stop'], 'give "pass" (and flag) or "stop" (ask for a line stop)');
const Reaction = z.enum(
  ['reject', 'pass', 'stop'],
  'give "reject", "pass" (and flag) or "stop" (pass and ask for a line stop)',
);

export const TriggerSchema = z.strictObject({
  signal,
  /** counter: one more for each part, so that missed ones are seen; id: a new text for each part; edge: false to true. */
  kind: z.enum(['counter', 'id', 'edge'], 'give "counter", "id" or "edge"'),
  /** What the machine calls the part, changed together with the trigger. */
  partIdSignal: signal.optional(),
  /** How far, in time, an image may be from the moment it is expected at, to be of that part. */
  windowMs: whole(1, 60_000).default(50),
  /** Capture of the image after the trigger. */
  offsetMs: whole(-60_000, 60_000).default(0),
  /** Without a gate: how long after its trigger a part may wait for its verdict. */
  deadlineMs: whole(10, 600_000).default(2_000),
  /** How long a notification of the machine may be under way. */
  settleMs: whole(1, 10_000).default(100),
  /** Parts between trigger and gate; one more is a sign that tracking is lost. */
  maxInTransit: whole(1, 10_000).default(200),
  /** How often counts that changed are written down; parts of this last moment before a kill end as unseen. */
  countsMs: whole(10, 60_000).default(250),
});

export const GateSchema = z
  .strictObject({
    /** dry-run: everything but the write; off: neither, parts to be rejected pass and are flagged. */
    mode: z.enum(['active', 'dry-run', 'off'], 'give "active", "dry-run" or "off"').default('active'),
    /** From the trigger sensor to the gate, along the belt. */
    distanceMm: millimetres(100_000),
    /** How far a part may be from where it is thought to be and still be this part. */
    toleranceMm: millimetres(10_000),
    /** Smallest distance between two parts, from middle to middle. */
    partPitchMm: millimetres(100_000),
    maxSpeedMmPerS: millimetres(100_000),
    /** A belt that goes back faster has lost its encoder. */
    maxReverseMmPerS: millimetres(100_000).default(200),
    /** Position of the belt. Either this or speedSignal. */
    encoderSignal: signal.optional(),
    mmPerUnit: millimetres(1_000).default(1),
    /** The longest time between two samples of a moving belt. */
    encoderUpdateMs: whole(1, 10_000).default(50),
    /** A belt that moved further than it can in this time without a sample is no longer tracked. */
    encoderGapMs: whole(10, 60_000).default(500),
    /** Parts per minute, partPitchMm apart: where there is no encoder. */
    speedSignal: signal.optional(),
    /** From the command's leaving the node to the part's being pushed: network, controller, valve. */
    leadMs: whole(0, 10_000),
    pulseMs: whole(1, 10_000).default(30),
    commandSignal: signal,
    /** How long the machine may take to accept a write. */
    writeMs: whole(10, 60_000).default(1_000),
    confirm: z.strictObject({
      signal,
      kind: StepKind,
      /** Beginning and length of the time in which it must come, from the moment the part is pushed. */
      afterMs: whole(0, 10_000).default(0),
      windowMs: whole(1, 10_000),
    }),
    /** True while the machine lets the gate work. */
    enabledSignal: signal.optional(),
    /** Written true to ask for a stop of the line. */
    lineStopSignal: signal.optional(),
    reactions: z
      .strictObject({
        /** An image was taken and its verdict is not there when the command is due. */
        lateVerdict: Reaction.default('reject'),
        /** No image was taken, or none that a verdict could be made of. */
        noVerdict: Reaction.default('reject'),
        /** Nobody knows where the parts between trigger and gate are. */
        trackingLost: Reaction.default('reject'),
        notConfirmed: PassOrStop.default('pass'),
        /** What happens to a part that is to be rejected while the machine keeps the gate closed. */
        gateDisabled: Reaction.default('pass'),
        uncertain: z.enum(['reject', 'pass'], 'give "reject" or "pass"').default('pass'),
      })
      .prefault({}),
  })
  .refine((gate) => (gate.encoderSignal === undefined) !== (gate.speedSignal === undefined), {
    path: ['encoderSignal'],
    message: 'give either encoderSignal or speedSignal',
  })
  .refine((gate) => gate.toleranceMm < gate.partPitchMm / 2, {
    path: ['toleranceMm'],
    message: 'give less than half of partPitchMm, else a command could be for either of two parts',
  })
  .refine((gate) => gate.confirm.windowMs <= leastTimeBetweenParts(gate), {
    path: ['confirm', 'windowMs'],
    message:
      'give at most the time between two parts, partPitchMm / maxSpeedMmPerS, else a confirmation could be for either',
  })
  .refine((gate) => gate.pulseMs < leastTimeBetweenParts(gate), {
    path: ['pulseMs'],
    message: 'give less than the time between two parts, partPitchMm / maxSpeedMmPerS, else two commands are one',
  })
  .refine((gate) => gate.lineStopSignal !== undefined || !Object.values(gate.reactions).includes('stop'), {
    path: ['lineStopSignal'],
    message: 'give the signal that asks for a line stop, or no reaction "stop"',
  });

export type TriggerConfig = z.infer<typeof TriggerSchema>;
export type GateConfig = z.infer<typeof GateSchema>;
export type GateReactions = GateConfig['reactions'];

/** In milliseconds, at the highest speed. */
export function leastTimeBetweenParts(gate: { partPitchMm: number; maxSpeedMmPerS: number }): number {
  return (1_000 * gate.partPitchMm) / gate.maxSpeedMmPerS;
}

interface StationWithGate {
  line: string;
  trigger?: TriggerConfig | undefined;
  gate?: GateConfig | undefined;
}

interface MachineSignals {
  line: string;
  signals: Record<string, { fast?: boolean | undefined }>;
}

/** What only the whole file shows: signals that the line's machine does not have or hears too slowly, windows that do not fit. */
export function findGateMistakes(
  stations: readonly StationWithGate[],
  machines: readonly MachineSignals[],
): { path: (string | number)[]; message: string }[] {
  return stations.flatMap(({ line, trigger, gate }, index) => {
    const path = ['stations', index];
    if (!trigger) return gate ? [{ path: [...path, 'trigger'], message: 'give the trigger: a gate needs one' }] : [];

    const machine = machines.find((candidate) => candidate.line === line);
    const named: [(string | number)[], string | undefined][] = [
      [['trigger', 'signal'], trigger.signal],
      [['trigger', 'partIdSignal'], trigger.partIdSignal],
      [['gate', 'encoderSignal'], gate?.encoderSignal],
      [['gate', 'speedSignal'], gate?.speedSignal],
      [['gate', 'confirm', 'signal'], gate?.confirm.signal],
      [['gate', 'enabledSignal'], gate?.enabledSignal],
    ];
    const written: typeof named = [
      [['gate', 'commandSignal'], gate?.commandSignal],
      [['gate', 'lineStopSignal'], gate?.lineStopSignal],
    ];
    const mistakes = [...named, ...written].flatMap(([field, name], at) => {
      if (name === undefined) return [];
      const known = machine && Object.hasOwn(machine.signals, name) ? machine.signals[name] : undefined;
      if (!known) {
        const message = machine
          ? `machine ${line} has no such signal: add it to its signals, or correct the name`
          : `line ${line} has no machine: add it to machines`;
        return [{ path: [...path, ...field], message }];
      }
      if (at >= named.length || known.fast) return [];
      return [{ path: [...path, ...field], message: 'give this signal of the machine fast: true, else it comes late' }];
    });
    if (gate && trigger.windowMs > leastTimeBetweenParts(gate) / 2) {
      const message = 'give at most half the time between two parts, partPitchMm / maxSpeedMmPerS / 2';
      mistakes.push({ path: [...path, 'trigger', 'windowMs'], message });
    }
    return mistakes;
  });
}
