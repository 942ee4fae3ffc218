/** A station's part trigger and its rejection gate: which signals they are, where they stand, how exact they are, and what happens when one fails. */
import { z } from 'zod';
import { text, whole } from './fields.ts';

const millimetres = (max: number) =>
  z
    .number(`give millimetres, more than 0 and at most ${max}`)
    .positive(`give millimetres, more than 0 and at most ${max}`)
    .max(max, `give millimetres, more than 0 and at most ${max}`);
const modulus = z
  .int('give a whole number of at least 2, e.g. 65536')
  .min(2, 'give a whole number of at least 2, e.g. 65536')
  .optional();
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
  /** The counter's first value that is 0 again; without it the one that its OPC UA type has, e.g. 65536 for UInt16. */
  modulus,
  /** More parts than can come are no parts: the counter was set. Without it maxSpeedMmPerS / partPitchMm, without a gate 100. */
  maxPartsPerS: z
    .number('give parts per second')
    .positive('give more than 0')
    .max(10_000, 'give at most 10000')
    .optional(),
  /** A counter that goes back by so much at most was corrected; by more, it began again. */
  maxCorrection: whole(0, 1_000).default(5),
  /** Of two edges nearer than this the second is the sensor's bounce. */
  debounceMs: whole(0, 10_000).default(0),
  /** Way of the belt in production without a part after which the trigger counts as silent. Without it 20 times partPitchMm. */
  silentAfterMm: millimetres(1_000_000).optional(),
});

export const GateSchema = z
  .strictObject({
    /** dry-run: everything but the writes; off: neither, parts to be rejected pass and are flagged. Not written: dry-run, and a lasting problem. */
    mode: z.enum(['active', 'dry-run', 'off'], 'give "active", "dry-run" or "off"').optional(),
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
    /** The position in units at which the encoder is 0 again; without it the one that its OPC UA type has. */
    encoderModulus: z.number('give a number above 0').positive('give a number above 0').optional(),
    /** The longest time between two samples of a moving belt. */
    encoderUpdateMs: whole(1, 10_000).default(50),
    /** A belt that moved further than it can in this time without a sample is no longer tracked. */
    encoderGapMs: whole(10, 60_000).default(500),
    /** Parts per minute, partPitchMm apart: where there is no encoder. */
    speedSignal: signal.optional(),
    /** From the command's leaving the node to the part's being pushed: network, controller, valve; with partNumberSignal or deadlineSignal also their write. */
    leadMs: whole(0, 10_000),
    pulseMs: whole(1, 10_000).default(30),
    /** How long after a push the ejector cannot push again: a part that would need it then passes and is flagged. */
    resetMs: whole(0, 60_000).default(0),
    commandSignal: signal,
    /** Written before the command, for a controller that tracks parts itself: the trigger's counter, or the part's id where the signal is a text. */
    partNumberSignal: signal.optional(),
    /** Written before the command: until when the part can be pushed, in milliseconds since 1970 by the machine's clock; a signal of type Double. */
    deadlineSignal: signal.optional(),
    /** Written in mode active so often: true and false in turn, or one more where the signal is a number. */
    heartbeatSignal: signal.optional(),
    heartbeatMs: whole(100, 60_000).default(1_000),
    /** How long the machine may take to accept a write. */
    writeMs: whole(10, 60_000).default(1_000),
    confirm: z.strictObject({
      signal,
      /** part-id: the machine names the part that was pushed, by its id or the trigger's counter. */
      kind: z.enum(
        ['counter', 'edge', 'part-id'],
        'give "counter" (one more for each part), "edge" (false to true) or "part-id" (names the part)',
      ),
      modulus,
      /** Beginning and length of the time in which it must come, from the moment the part is pushed. */
      afterMs: whole(0, 10_000).default(0),
      windowMs: whole(1, 10_000),
    }),
    /** True while the machine lets the gate work. */
    enabledSignal: signal.optional(),
    /** Written true to ask for a stop of the line. */
    lineStopSignal: signal.optional(),
    /** A sensor behind the gate: each part that was not ejected comes by it, and no other. */
    exit: z
      .strictObject({
        signal,
        kind: StepKind,
        /** From the trigger sensor, as the gate's, along the belt. */
        distanceMm: millimetres(100_000),
        modulus,
        /** How far from where it is expected a part may come by. Without it toleranceMm, at most a quarter of partPitchMm. */
        windowMm: millimetres(10_000).optional(),
      })
      .optional(),
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
  .refine((gate) => gate.confirm.kind === 'part-id' || gate.confirm.windowMs <= leastTimeBetweenParts(gate), {
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
  })
  .refine((gate) => gate.exit === undefined || gate.exit.distanceMm > gate.distanceMm + gate.toleranceMm, {
    path: ['exit', 'distanceMm'],
    message:
      'give the distance from the trigger sensor, more than distanceMm + toleranceMm: the exit is behind the gate',
  })
  .refine((gate) => (gate.exit?.windowMm ?? 0) < gate.partPitchMm / 2, {
    path: ['exit', 'windowMm'],
    message: 'give less than half of partPitchMm, else the exit could see either of two parts',
  })
  .transform(({ mode, ...gate }) => ({
    ...gate,
    mode: mode ?? ('dry-run' as const),
    /** False where the file says no mode: nobody has decided yet that this gate may move. */
    isModeWritten: mode !== undefined,
  }));

export type TriggerConfig = z.infer<typeof TriggerSchema>;
export type GateConfig = z.infer<typeof GateSchema>;
export type GateReactions = GateConfig['reactions'];

/** In milliseconds, at the highest speed. */
export function leastTimeBetweenParts(gate: { partPitchMm: number; maxSpeedMmPerS: number }): number {
  return (1_000 * gate.partPitchMm) / gate.maxSpeedMmPerS;
}
