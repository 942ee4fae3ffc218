/**
 * Preloaded into every process and thread of the edge node: its wall clock is ahead of the computer's by the milliseconds that the file
 * `LEHR_PROOF_CLOCK` holds, as after somebody set it. What `Date` shows steps; timers, files and the other programs' clocks do not.
 */
import { readFileSync } from 'node:fs';
import { shiftClock } from '../../plant/clock.ts';

const LOOK_MS = 50;

const file = process.env.LEHR_PROOF_CLOCK;
if (file === undefined) throw new Error('LEHR_PROOF_CLOCK is missing; give the file that holds the shift');
let shiftMs = 0;
look(file);
setInterval(() => look(file), LOOK_MS).unref();

function look(path: string): void {
  const wanted = Number(readFileSync(path, 'utf8'));
  if (wanted === shiftMs) return;
  shiftMs = wanted;
  shiftClock(wanted);
}
