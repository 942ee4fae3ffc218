/** Lines as plants have them, no two alike: counters that wrap, encoders that roll over, cameras of two kinds, controllers with narrow limits. */
import { join } from 'node:path';
import type { MachinePlan } from './machine-messages.ts';

type Plan = Omit<MachinePlan, 'pki' | 'seed'>;

const CRLF = '\r\n';
const LF = '\n';

/** What wraps begins near its end, so that it wraps in a short run, too. */
export const LINES: readonly Plan[] = [
  {
    line: 'a',
    trigger: 'counter',
    counter: { type: 'UInt16', start: 65_480 },
    confirm: { type: 'UInt16', start: 0 },
    belt: { kind: 'encoder', type: 'Double', start: 0 },
    camera: { mode: 'snapshot', endsLinesWith: CRLF },
    valve: 'edge',
    codes: 'number',
    isLimited: false,
  },
  {
    line: 'b',
    trigger: 'counter',
    counter: { type: 'Byte', start: 200 },
    confirm: { type: 'Byte', start: 245 },
    belt: { kind: 'encoder', type: 'UInt16', start: 50_000 },
    camera: { mode: 'mjpeg', endsLinesWith: LF },
    valve: 'edge',
    codes: 'padded',
    isLimited: false,
  },
  {
    line: 'c',
    trigger: 'counter',
    counter: { type: 'Int16', start: 32_700 },
    confirm: { type: 'Int16', start: 32_755 },
    belt: { kind: 'speed' },
    camera: { mode: 'snapshot', endsLinesWith: CRLF },
    valve: 'edge',
    codes: 'text',
    isLimited: false,
  },
  {
    line: 'd',
    trigger: 'edge',
    counter: { type: 'UInt32', start: 0 },
    confirm: { type: 'UInt32', start: 7 },
    belt: { kind: 'encoder', type: 'Double', start: 0, modulus: 10_000 },
    camera: { mode: 'mjpeg', endsLinesWith: CRLF },
    valve: 'edge',
    codes: 'text',
    isLimited: false,
  },
  {
    line: 'e',
    trigger: 'id',
    counter: { type: 'UInt32', start: 0 },
    confirm: { type: 'UInt16', start: 65_530 },
    belt: { kind: 'encoder', type: 'UInt32', start: 2 ** 32 - 30_000 },
    camera: { mode: 'snapshot', endsLinesWith: CRLF },
    valve: 'level',
    codes: 'text',
    isLimited: false,
  },
  {
    line: 'f',
    trigger: 'counter',
    counter: { type: 'UInt32', start: 2 ** 32 - 90 },
    confirm: { type: 'Byte', start: 250 },
    belt: { kind: 'encoder', type: 'UInt16', start: 40_000 },
    camera: { mode: 'mjpeg', endsLinesWith: CRLF },
    valve: 'edge',
    codes: 'number',
    isLimited: true,
  },
];

export function planOf(plan: Plan, folder: string, seed: number): MachinePlan {
  return { ...plan, pki: join(folder, 'machine-pki'), seed };
}
