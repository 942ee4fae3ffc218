/** Runs the operation of a group and serialises the result, both once. */
import type { FormattedExecutionResult } from 'graphql';
import type { LiveMetrics } from './metrics.ts';

/** Executes the group's operation with this root value in a context that knows no person. Errors come inside the result, masked. */
export type Execute = (root: unknown) => Promise<FormattedExecutionResult>;

const attempts = 4;
const firstPauseMs = 200;

/**
 * Executes until there are no errors, with growing pauses: a lossless stream must not move past rows because the database was away
 * for a moment. After the last attempt the errors are delivered beside the data; throws when there is no data to deliver.
 */
export async function executeForCertain(
  execute: () => Promise<FormattedExecutionResult>,
  metrics: LiveMetrics,
): Promise<FormattedExecutionResult> {
  for (let attempt = 1; ; attempt++) {
    const result = await execute();
    if (!result.errors) return result;
    metrics.failures.inc();
    if (attempt < attempts) {
      await pause(firstPauseMs * 2 ** (attempt - 1));
      continue;
    }
    if (result.data) return result;
    throw new Error('A live operation gave no data', { cause: result.errors[0] });
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
