/** A kind of background work: its name, the form of its payload, how often and how long it may run. */
import type { z } from 'zod';
import type { Services } from './context.ts';

export interface JobKind<Payload extends object> {
  /** Lower case with hyphens; the name of its queue. */
  readonly name: string;
  readonly payload: z.ZodType<Payload>;
  /** After this a running job counts as dead and is tried again. */
  readonly expireS: number;
  readonly retries: number;
  /** How many run at once in one process. */
  readonly atOnce: number;
  /** Five-field cron in UTC for work that comes back by itself; its payload is `{}`. */
  readonly cron: string | null;
  run(services: Services, payload: Payload, signal: AbortSignal): Promise<void>;
}

/** A job kind with its payload's type erased, as the runner holds it. */
export interface AnyJobKind extends Omit<JobKind<object>, 'payload' | 'run'> {
  /** Checks the payload, then does the work. Throws when the payload does not have its form. */
  perform(services: Services, payload: unknown, signal: AbortSignal): Promise<void>;
}

export function defineJob<Payload extends object>(
  kind: Pick<JobKind<Payload>, 'name' | 'payload' | 'run'> & Partial<JobKind<Payload>>,
): AnyJobKind {
  const { payload, run, ...rest } = kind;
  return {
    expireS: 900,
    retries: 3,
    atOnce: 1,
    cron: null,
    ...rest,
    perform: (services, data, signal) => run(services, payload.parse(data), signal),
  };
}
