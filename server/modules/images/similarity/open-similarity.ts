/** The parent's side of the similarity process: started when it is first needed, ended when it has been idle for a while. */
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Answer, CallName, Calls, Request } from './similarity-calls.ts';

export interface Similarity extends AsyncDisposable {
  /** Rejects when the process fails; the next call starts it anew. */
  call<Name extends CallName>(name: Name, ask: Calls[Name]['ask']): Promise<Calls[Name]['answer']>;
  close(): Promise<void>;
}

const childFile = fileURLToPath(new URL('./similarity-process.ts', import.meta.url));
const IDLE_MS = 60_000;
/** A call that takes longer has met a file or an index that hangs it. */
const CALL_MS = 600_000;

interface Running {
  child: ChildProcess;
  waiting: Map<number, { resolve: (answer: never) => void; reject: (error: Error) => void }>;
}

/** Does not keep its own process alive while nothing is asked. */
export function openSimilarity({ idleMs = IDLE_MS } = {}): Similarity {
  let running: Running | undefined;
  let idle: NodeJS.Timeout | undefined;
  let lastId = 0;

  const start = (): Running => {
    const child = fork(childFile, [], {
      execArgv: ['--max-old-space-size=1024'],
      serialization: 'advanced',
      env: { ...process.env, MALLOC_ARENA_MAX: '2' },
    });
    const started: Running = { child, waiting: new Map() };
    child.on('message', (answer: Answer) => {
      const request = started.waiting.get(answer.id);
      started.waiting.delete(answer.id);
      if ('error' in answer) request?.reject(new Error(answer.error));
      else request?.resolve(answer.answer as never);
      rest(started);
    });
    const fail = (error: Error) => {
      if (running === started) running = undefined;
      for (const { reject } of started.waiting.values()) reject(error);
      started.waiting.clear();
    };
    child.once('error', fail);
    child.once('exit', (code, signal) => fail(new Error(`the similarity process ended (${code ?? signal})`)));
    return started;
  };

  /** With nothing to do, the child neither holds this process nor stays long. */
  const rest = ({ child, waiting }: Running) => {
    if (waiting.size > 0) return;
    child.unref();
    child.channel?.unref();
    clearTimeout(idle);
    idle = setTimeout(() => void close(), idleMs);
    idle.unref();
  };

  const close = async () => {
    clearTimeout(idle);
    const ended = running;
    running = undefined;
    if (!ended || ended.child.exitCode !== null || ended.child.signalCode !== null) return;
    ended.child.ref();
    const exit = once(ended.child, 'exit');
    if (ended.child.connected) ended.child.disconnect();
    await exit;
  };

  return {
    call(name, ask) {
      running ??= start();
      const { child, waiting } = running;
      clearTimeout(idle);
      child.ref();
      child.channel?.ref();
      const id = ++lastId;
      const { promise, resolve, reject } = Promise.withResolvers<never>();
      const late = setTimeout(() => child.kill('SIGKILL'), CALL_MS);
      late.unref();
      waiting.set(id, { resolve, reject });
      child.send({ id, name, ask } as Request, (error) => {
        if (!error) return;
        waiting.delete(id);
        reject(error);
      });
      return promise.finally(() => clearTimeout(late));
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}
