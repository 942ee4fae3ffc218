/**
 * Fails a test file that leaves something open: a socket, server, child, worker or timer that would keep a process alive keeps a real one from ending.
 * Runs as a setup file, before the test file is loaded, so that its `afterAll` comes after all others.
 */
import type { Worker } from 'node:worker_threads';
import { afterAll } from 'vitest';
import { leftOpen } from './left-open.ts';

/** Closing is not always done when `close()` resolves: sockets and children get this long to go. */
const patienceMs = 2_000;
const stepMs = 20;

const atStart = process.getActiveResourcesInfo();

// Worker threads are not among the resources that node lists.
const workers = new Set<Worker>();
process.on('worker', (worker: Worker) => {
  workers.add(worker);
  worker.once('exit', () => workers.delete(worker));
});

function openNow(): string[] {
  return leftOpen(atStart, [...process.getActiveResourcesInfo(), ...Array.from(workers, () => 'Worker')]);
}

afterAll(async () => {
  const deadline = performance.now() + patienceMs;
  let open: string[];
  do {
    await pause();
    open = openNow();
  } while (open.length > 0 && performance.now() < deadline);
  if (open.length > 0)
    throw new Error(`This file leaves open: ${open.join(', ')}. Close it in an after hook or with \`using\`.`);
}, patienceMs * 5);

/** Nothing tells when a resource has gone, so it is asked again. By then the event of a worker that was just started has come, too. */
function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, stepMs));
}
