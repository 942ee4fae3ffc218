/** How a process of the server begins to end: by a signal, by its parent's end, or by an error that nobody caught. */
import type { Log } from './kit/log.ts';

export interface ProcessLifeOptions {
  /** Started by `npm start`: an interrupt reaches the whole process group, and the parent then says when to stop. */
  hasParent: boolean;
  log: Log;
  stop(): Promise<void>;
}

/** A stop that takes longer is cut off: whoever waits for the process waits no more than 8 s. */
const patienceMs = 7500;

export function watchProcess({ hasParent, log, stop }: ProcessLifeOptions): void {
  let isStopping = false;
  const end = (reason: string, code: number) => {
    if (isStopping) return;
    isStopping = true;
    log.info(`stopping: ${reason}`);
    setTimeout(() => process.exit(code === 0 ? 1 : code), patienceMs).unref();
    stop().then(
      () => process.exit(code),
      (error: unknown) => {
        log.error({ err: error }, 'the stop failed');
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', () => end('SIGTERM', 0));
  process.on('SIGINT', () => {
    if (!hasParent) end('SIGINT', 0);
  });
  process.on('disconnect', () => end('the parent is gone', 0));
  for (const event of ['uncaughtException', 'unhandledRejection'] as const) {
    process.on(event, (error: unknown) => {
      log.fatal({ err: error }, event);
      end(event, 1);
    });
  }
}

/** One clear line: the message, then what caused it. */
export function explain(error: unknown): string {
  const messages: string[] = [];
  for (let each: unknown = error; each instanceof Error; each = each.cause) messages.push(each.message);
  return messages.join(' Because: ').replaceAll(/\s*\n\s*/g, ' ') || String(error);
}
