/** The thread that compares shifts day by day: whatever calendar somebody thought of, the event loop is free meanwhile. */
import { parentPort, workerData } from 'node:worker_threads';
import { findShiftOverlaps, type OverlapQuestion } from './shift-overlap.ts';

const question: OverlapQuestion = workerData;
parentPort?.postMessage(findShiftOverlaps(question));
