/** The child's side: answers what its parent asks, and ends when the parent lets go. */

export interface Question {
  number: number;
  act: string;
  input: unknown;
}
export interface Answer {
  number: number;
  value?: unknown;
  error?: string;
}

// biome-ignore lint/suspicious/noExplicitAny: each act knows what it is asked with
export type Acts = Record<string, (input: any) => unknown>;

/** `end` runs before the process ends by itself. */
export function serveParent(acts: Acts, end: () => Promise<void> = async () => {}): void {
  process.on('message', (message) => {
    const { number, act, input } = message as Question;
    void answer(acts[act], act, input).then((result) => process.send?.({ number, ...result }));
  });
  process.once('disconnect', () => {
    void end().finally(() => process.exit());
  });
  // The parent decides when it ends, also when a terminal interrupts both.
  process.on('SIGINT', () => {});
}

async function answer(run: Acts[string] | undefined, act: string, input: unknown): Promise<Omit<Answer, 'number'>> {
  try {
    if (!run) throw new Error(`there is no act "${act}"`);
    return { value: await run(input) };
  } catch (error) {
    return { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
