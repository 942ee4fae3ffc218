/** `node machine-child.ts PLAN`: belt, controller, camera and network of one line, with faults that are switched from outside. See machine-messages.ts. */
import { createInterface } from 'node:readline';
import { DataType, type VariantLike } from 'node-opcua';
import { shiftClock } from '../../plant/clock.ts';
import { createSeededRandom } from '../../support/seeded-random.ts';
import { BeltPhysics, PITCH_MM } from './belt-physics.ts';
import { startCamera } from './camera.ts';
import {
  type Act,
  ALL_WELL,
  type Command,
  type EncoderType,
  type IntegerType,
  type MachinePlan,
  type MachineSaid,
  type Switches,
  steadyMs,
} from './machine-messages.ts';
import { grantAtLeast, startPlc } from './plc.ts';
import { startWire } from './wire.ts';

const STEP_MS = 6;
const BELT_TOLD_MS = 30;
const SPEED_TOLD_MS = 100;
/** A step that comes so much later than it was to: the computer let this process wait. */
const WAITED_MS = 40;
const EDGE_MS = 60;
const BOUNCE_MS = { after: 14, length: 8 };
const BOUNCES = 2;
const INTEGERS: Record<IntegerType, { dataType: DataType; bits: number; isSigned: boolean }> = {
  Byte: { dataType: DataType.Byte, bits: 8, isSigned: false },
  UInt16: { dataType: DataType.UInt16, bits: 16, isSigned: false },
  Int16: { dataType: DataType.Int16, bits: 16, isSigned: true },
  UInt32: { dataType: DataType.UInt32, bits: 32, isSigned: false },
};
const ENCODERS: Record<EncoderType, { dataType: DataType; modulus: number | undefined }> = {
  UInt16: { dataType: DataType.UInt16, modulus: 2 ** 16 },
  UInt32: { dataType: DataType.UInt32, modulus: 2 ** 32 },
  Double: { dataType: DataType.Double, modulus: undefined },
};

const plan: MachinePlan = JSON.parse(process.argv[2] ?? '');
let switches: Switches = { ...ALL_WELL, isFeeding: false };
let passed = 0;
let ejected = 0;
let counterOffset = plan.counter.start;
let encoderOffsetMm = plan.belt.kind === 'encoder' ? plan.belt.start : 0;
const counters = new Map<number, number>();
const codesDue: { jobCode: string; batchCode: string; atMs: number }[] = [];

const belt = new BeltPhysics(plan.line, plan.valve === 'level', createSeededRandom(plan.seed), steadyMs(), {
  triggered(part, atMs) {
    passed++;
    // A sensor sees at its own moment; what shows it comes later.
    counters.set(part.number, wrapped(passed + counterOffset, plan.counter.type));
    plc.show('PartId', text(part.partId), atMs);
    showCounter(atMs);
    pulseEdge(atMs);
    camera.passes(part);
    say({ kind: 'triggered', number: part.number, atMs });
  },
  dropped(atMs) {
    ejected++;
    showConfirm(atMs);
  },
  left(part) {
    say({ kind: 'part', ...part, counter: counters.get(part.number) ?? 0 });
    counters.delete(part.number);
  },
  codes(jobCode, batchCode, atMs) {
    codesDue.push({ jobCode, batchCode, atMs });
  },
});

const plc = await startPlc(plan, () => switches, commanded);
const wire = await startWire(() => plc.port);
const camera = await startCamera(
  plan,
  () => switches,
  () => belt.atCamera(steadyMs()),
  (number, sha256) => say({ kind: 'picture', number, sha256 }),
);
const startedMs = steadyMs();
plc.show('State', text('Execute'), startedMs);
plc.show('Enabled', { dataType: DataType.Boolean, value: true }, startedMs);
plc.show('Edge', { dataType: DataType.Boolean, value: false }, startedMs);
plc.show('PartId', text(''), startedMs);
showCounter(startedMs);
showConfirm(startedMs);
let steppedMs = startedMs;
let beltToldMs = 0;
const stepping = setInterval(step, STEP_MS);
say({ kind: 'listening', endpoint: `opc.tcp://127.0.0.1:${wire.port}`, camera: camera.url });

const commands = createInterface({ input: process.stdin });
commands.on('line', (line) => void obey(line));
process.once('SIGTERM', () => void stop());

function step(): void {
  const nowMs = steadyMs();
  if (nowMs - steppedMs > WAITED_MS) say({ kind: 'waited', fromMs: steppedMs, toMs: nowMs });
  steppedMs = nowMs;
  belt.step(nowMs, switches);
  for (const due of codesDue.splice(0)) {
    if (due.atMs > nowMs) codesDue.push(due);
    else showCodes(due.jobCode, due.batchCode, due.atMs);
  }
  const everyMs = plan.belt.kind === 'encoder' ? BELT_TOLD_MS : SPEED_TOLD_MS;
  if (nowMs - beltToldMs < everyMs) return;
  beltToldMs = nowMs;
  showBelt(nowMs);
}

function commanded(isOn: boolean): void {
  const atMs = steadyMs();
  belt.command(isOn, atMs);
  say({ kind: 'command', isOn, atMs });
}

function showCounter(atMs: number): void {
  if (switches.isCounterFrozen) return;
  const value = wrapped(passed + counterOffset, plan.counter.type);
  const shown: Record<Switches['counterAs'], VariantLike> = {
    number: { dataType: INTEGERS[plan.counter.type].dataType, value },
    text: text(`#${value}`),
    fraction: { dataType: DataType.Double, value: value + 0.5 },
  };
  plc.show('Counter', shown[switches.counterAs], atMs, switches.isCounterBad);
}

function showConfirm(atMs: number): void {
  const { type, start } = plan.confirm;
  const value = wrapped(ejected + start, type);
  plc.show('Ejected', { dataType: INTEGERS[type].dataType, value }, atMs, switches.isConfirmBad);
}

/** A light barrier; a part with a gap, or a switch that bounces, breaks it more than once. */
function pulseEdge(atMs: number): void {
  const edge = (value: boolean, atEdgeMs: number) =>
    plc.show('Edge', { dataType: DataType.Boolean, value }, atEdgeMs, switches.isCounterBad);
  if (switches.isCounterFrozen) return;
  edge(true, atMs);
  for (let bounce = 0; switches.isBouncing && bounce < BOUNCES; bounce++) {
    const offMs = atMs + BOUNCE_MS.after * (bounce + 1);
    setTimeout(() => edge(false, offMs), offMs - steadyMs());
    setTimeout(() => edge(true, offMs + BOUNCE_MS.length), offMs + BOUNCE_MS.length - steadyMs());
  }
  setTimeout(() => edge(false, atMs + EDGE_MS), atMs + EDGE_MS - steadyMs());
}

function showBelt(nowMs: number): void {
  if (plan.belt.kind === 'speed') {
    const perMinute = ((belt.mmPerS * 60) / PITCH_MM) * switches.speedFactor;
    plc.show('Speed', { dataType: DataType.Double, value: perMinute }, nowMs, switches.isEncoderBad);
    return;
  }
  if (switches.isEncoderFrozen) return;
  const { dataType, modulus } = ENCODERS[plan.belt.type];
  const around = plan.belt.modulus ?? modulus;
  const mm = belt.mm + encoderOffsetMm;
  const turned = around === undefined ? mm : ((mm % around) + around) % around;
  const value = plan.belt.type === 'Double' ? Math.round(turned * 10) / 10 : Math.floor(turned);
  const show = () => plc.show('Encoder', { dataType, value }, nowMs, switches.isEncoderBad);
  if (switches.encoderLateMs > 0) setTimeout(show, switches.encoderLateMs);
  else show();
}

function showCodes(jobCode: string, batchCode: string, atMs: number): void {
  const written: Record<MachinePlan['codes'], (code: string) => VariantLike> = {
    text,
    number: (code) => ({ dataType: DataType.UInt32, value: Number(code) }),
    padded: (code) => text(`${code}   \0\0`),
  };
  plc.show('Job', written[plan.codes](jobCode), atMs);
  plc.show('Batch', written[plan.codes](batchCode), atMs);
}

function wrapped(value: number, type: IntegerType): number {
  const { bits, isSigned } = INTEGERS[type];
  const around = 2 ** bits;
  const least = value % around;
  return isSigned && least >= around / 2 ? least - around : least;
}

function text(value: string): VariantLike {
  return { dataType: DataType.String, value };
}

async function obey(line: string): Promise<void> {
  const command: Command = JSON.parse(line);
  if ('set' in command) change(command.set);
  else await ACTS[command.act]();
  say({ kind: 'done', command: line });
}

function change(set: Partial<Switches>): void {
  const before = switches;
  switches = { ...before, ...set };
  shiftClock(switches.clockAheadMs);
  grantAtLeast(switches.leastPublishingMs);
  if (switches.wire !== before.wire) wire.set(switches.wire);
  camera.switched();
  const nowMs = steadyMs();
  if (switches.isCounterBad !== before.isCounterBad || switches.counterAs !== before.counterAs) showCounter(nowMs);
  if (before.isCounterFrozen && !switches.isCounterFrozen) showCounter(nowMs);
  if (switches.isConfirmBad !== before.isConfirmBad) showConfirm(nowMs);
  showBelt(nowMs);
}

const ACTS: Record<Act, () => void | Promise<void>> = {
  'counter-back': () => {
    counterOffset--;
    showCounter(steadyMs());
  },
  'counter-reset': () => {
    counterOffset = -passed;
    showCounter(steadyMs());
  },
  'encoder-reset': () => {
    encoderOffsetMm = -belt.mm;
    showBelt(steadyMs());
  },
  'recreate-nodes': () => plc.recreateNodes(),
  'drop-connections': () => wire.dropConnections(),
  'restart-server': () => plc.restart(),
};

async function stop(): Promise<void> {
  clearInterval(stepping);
  await Promise.all([camera.stop(), wire.stop()]);
  await plc.stop();
  process.exit(0);
}

function say(said: MachineSaid): void {
  process.stdout.write(`${JSON.stringify(said)}\n`);
}
