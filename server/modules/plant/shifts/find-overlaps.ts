/** Compares shifts: a few at once, many in a thread of its own that ends by itself, by its memory or by its time. */
import { Worker } from 'node:worker_threads';
import { findShiftOverlaps, type OverlapQuestion, type ShiftOverlap } from './shift-overlap.ts';

const heapMb = 256;
/** So many years of one shift take less time than a thread takes to start: about a tenth of a second. */
const fewYears = 12;

/** As `findShiftOverlaps`; `'too-long'` when that takes more than `limitMs`. */
export async function compareShifts(
  question: OverlapQuestion,
  limitMs: number,
): Promise<(ShiftOverlap | undefined)[] | 'too-long'> {
  if (yearsToLookAt(question) <= fewYears) return findShiftOverlaps(question);
  const worker = new Worker(new URL('./overlap-worker.ts', import.meta.url), {
    workerData: question,
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: heapMb },
  });
  const { promise, resolve, reject } = Promise.withResolvers<(ShiftOverlap | undefined)[] | 'too-long'>();
  const timer = setTimeout(() => resolve('too-long'), limitMs);
  worker.on('message', resolve);
  worker.on('error', reject);
  worker.on('exit', (code) => reject(new Error(`the thread that compares shifts ended with ${code}`)));
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
    await worker.terminate();
  }
}

/** Each shift is put to the clock from each first day on, and from now on. */
function yearsToLookAt({ asked, others }: OverlapQuestion): number {
  const firstDays = new Set(asked.map((shift) => shift.valid_from));
  return (firstDays.size + 1) * (asked.length + others.length);
}
