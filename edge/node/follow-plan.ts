/** The plan of the node: waited for at the start, asked for again as long as the node runs. */
import type { EdgeConfig } from '../config.ts';
import type { Logger } from '../log.ts';
import { cachePlan, fetchPlan, type NodePlan, PlanError, readCachedPlan } from '../uplink/node-plan.ts';
import type { ServerClient } from '../uplink/server-client.ts';
import { createBackOff } from '../uplink/server-contact.ts';
import { pause } from '../wait.ts';

const FIRST_PLAN_MS = 3_000;

/** From the server, or from the last start when it does not answer soon; without either it waits for the server. */
export async function firstPlan(
  client: ServerClient,
  config: EdgeConfig,
  log: Logger,
  signal: AbortSignal,
): Promise<NodePlan> {
  const cached = await readCachedPlan(config);
  const backOff = createBackOff(config.server.retryMinMs, config.server.retryMaxMs);
  let isTold = false;
  for (;;) {
    try {
      const patience = cached ? AbortSignal.any([signal, AbortSignal.timeout(FIRST_PLAN_MS)]) : signal;
      const plan = await fetchPlan(client, config, patience);
      await cachePlan(config.home, plan);
      return plan;
    } catch (error) {
      if (signal.aborted) throw error;
      if (cached) {
        log.warn(`the server gives no plan (${messageOf(error)}); starting with the last one`);
        return cached;
      }
      if (error instanceof PlanError) throw error;
      if (!isTold)
        log.warn(`server ${config.server.url}: ${messageOf(error)}; waiting for it, this node has no plan yet`);
      isTold = true;
      await pause(backOff.next(), signal);
    }
  }
}

export interface PlanFollower {
  client: ServerClient;
  config: EdgeConfig;
  log: Logger;
  adopt(plan: NodePlan): void;
  disagree(problem: string | undefined): void;
}

/** Calls `adopt` with each plan that differs from the one before, `disagree` when server and configuration begin or cease to contradict each other. Ends when `signal` aborts. */
export async function followPlan(
  first: NodePlan,
  { client, config, log, adopt, disagree }: PlanFollower,
  signal: AbortSignal,
): Promise<void> {
  let known = JSON.stringify(first);
  let problem = '';
  while (!signal.aborted) {
    await pause(config.server.pollMs, signal);
    try {
      const next = await fetchPlan(client, config, signal);
      if (problem !== '') disagree(undefined);
      problem = '';
      const text = JSON.stringify(next);
      if (text === known) continue;
      known = text;
      await cachePlan(config.home, next);
      adopt(next);
    } catch (error) {
      // The line goes on with what it has; an unreachable server is told by the contact.
      const message = error instanceof PlanError ? error.message : '';
      if (message === problem || message === '') continue;
      log.error(message);
      disagree(message);
      problem = message;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
