/** The machine of a line as a process, seen from the proof: what it says is kept as the truth. */
import { fileURLToPath } from 'node:url';
import { type LineProcess, spawnLines } from '../../support/spawn-lines.ts';
import type { Interval } from './line-record.ts';
import type { Act, Command, MachinePlan, MachineSaid, PartTruth, Switches } from './machine-messages.ts';

const program = fileURLToPath(new URL('./machine-child.ts', import.meta.url));
const START_MS = 120_000;
const ANSWER_MS = 30_000;

export interface LineMachine {
  readonly endpoint: string;
  readonly camera: string;
  readonly parts: readonly PartTruth[];
  readonly pictures: ReadonlyMap<string, number>;
  readonly waits: readonly Interval[];
  /** Parts that the sensor has seen. */
  readonly triggered: number;
  set(switches: Partial<Switches>): Promise<void>;
  act(act: Act): Promise<void>;
  /** Resolves when a command comes on, or after `limitMs`. */
  commandOn(limitMs: number): Promise<void>;
  stop(): Promise<void>;
}

export async function startMachine(plan: MachinePlan): Promise<LineMachine> {
  const parts: PartTruth[] = [];
  const pictures = new Map<string, number>();
  const waits: Interval[] = [];
  const answers = new Map<string, () => void>();
  const commandListeners = new Set<() => void>();
  let triggered = 0;
  const listening = Promise.withResolvers<{ endpoint: string; camera: string }>();
  const child: LineProcess = await spawnLines(process.execPath, [program, JSON.stringify(plan)], { onLine: hear });
  const timer = setTimeout(() => listening.reject(new Error(`machine ${plan.line} does not start`)), START_MS);
  void child.exit.then(() =>
    listening.reject(new Error(`machine ${plan.line} ended: ${child.output.slice(-20).join('\n')}`)),
  );
  const { endpoint, camera } = await listening.promise.finally(() => clearTimeout(timer));

  return {
    endpoint,
    camera,
    parts,
    pictures,
    waits,
    get triggered() {
      return triggered;
    },
    set: (switches) => obey({ set: switches }),
    act: (act) => obey({ act }),
    commandOn(limitMs) {
      return new Promise((resolve) => {
        const finish = () => {
          clearTimeout(limit);
          commandListeners.delete(finish);
          resolve();
        };
        const limit = setTimeout(finish, limitMs);
        commandListeners.add(finish);
      });
    },
    async stop() {
      await child.stop();
    },
  };

  function hear(line: string): void {
    if (!line.startsWith('{')) return;
    const said: MachineSaid = JSON.parse(line);
    if (said.kind === 'listening') listening.resolve(said);
    if (said.kind === 'triggered') triggered++;
    if (said.kind === 'picture') pictures.set(said.sha256, said.number);
    if (said.kind === 'waited') waits.push({ fromMs: said.fromMs, toMs: said.toMs });
    if (said.kind === 'done') answers.get(said.command)?.();
    if (said.kind === 'command' && said.isOn) for (const listener of [...commandListeners]) listener();
    if (said.kind === 'part') {
      const { kind: _kind, ...part } = said;
      parts.push(part);
    }
  }

  async function obey(command: Command): Promise<void> {
    const text = JSON.stringify(command);
    const answered = new Promise<void>((resolve, reject) => {
      const limit = setTimeout(
        () => reject(new Error(`machine ${plan.line} does not obey ${text}: ${child.output.slice(-20).join('\n')}`)),
        ANSWER_MS,
      );
      answers.set(text, () => {
        clearTimeout(limit);
        answers.delete(text);
        resolve();
      });
    });
    child.child.stdin?.write(`${text}\n`);
    await answered;
  }
}
