/** The node's heartbeat: what it does and what its machines say, once a second and at once when a machine changes. */
import { createBell } from '../wait.ts';
import { ReportStatusSchema } from './answers.ts';
import { REPORT_STATUS } from './documents.ts';
import type { ServerClient } from './server-client.ts';
import type { ServerContact } from './server-contact.ts';

export interface StatusReporter {
  /** Something changed that people wait to see. */
  hurry(): void;
  stop(): Promise<void>;
}

/** Several changes within this time are one report. */
const GATHER_MS = 20;

/** A report that does not arrive is not repeated: the next one is newer. `describe` gives a ReportNodeStatusInput; `onSkew` hears node clock minus server clock. */
export function startStatusReporter(
  client: ServerClient,
  contact: ServerContact,
  intervalMs: number,
  describe: () => Record<string, unknown>,
  onSkew: (skewMs: number) => void,
): StatusReporter {
  const stopping = new AbortController();
  const { signal } = stopping;
  const changed = createBell();
  const work = run();

  return {
    hurry: changed.ring,
    async stop() {
      stopping.abort();
      await work;
    },
  };

  async function run(): Promise<void> {
    while (!signal.aborted) {
      // Asked for before the report is made: a change during the call makes another.
      const next = changed.next(signal, intervalMs);
      const attempt = contact.begin();
      try {
        const variables = JSON.stringify({ input: describe() });
        const { reportNodeStatus } = await client.graphql(REPORT_STATUS, variables, ReportStatusSchema, signal);
        if (reportNodeStatus.skewMs === undefined) throw new Error(`reportNodeStatus: ${reportNodeStatus.message}`);
        onSkew(reportNodeStatus.skewMs);
        attempt.answered();
      } catch (error) {
        if (!signal.aborted) attempt.failed(error);
      }
      await next;
      await changed.next(signal, GATHER_MS);
    }
  }
}
