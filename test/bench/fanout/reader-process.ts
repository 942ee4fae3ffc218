/** The parent's side of the readers. */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { ReaderReport, WaitForBytes } from './readers.ts';

export interface ReaderProcess {
  /** Resolves when this many bytes have come in all. One call at a time. */
  waitFor(bytes: number): Promise<void>;
  close(): Promise<void>;
}

/** Starts `count` readers that send these texts, one answer each, and are ready then. */
export async function startReaders(port: number, count: number, texts: readonly string[]): Promise<ReaderProcess> {
  const child = fork(fileURLToPath(new URL('./readers.ts', import.meta.url)), [
    String(port),
    String(count),
    JSON.stringify(texts),
  ]);
  const next = () =>
    new Promise<ReaderReport>((resolve, reject) => {
      const onExit = () => reject(new Error('the readers have ended'));
      child.once('exit', onExit);
      child.once('message', (message) => {
        child.off('exit', onExit);
        resolve(message as ReaderReport);
      });
    });
  await next();
  return {
    async waitFor(bytes) {
      const reached = next();
      child.send({ waitFor: bytes } satisfies WaitForBytes);
      await reached;
    },
    async close() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      child.disconnect();
      await gone;
    },
  };
}
