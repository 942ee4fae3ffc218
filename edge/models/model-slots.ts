/** Which model judges which camera now: starts and warms the next child, switches between two frames, ends the old one. */
import type { Logger } from '../log.ts';
import { createBell, waitFor } from '../wait.ts';
import { type ModelProcess, UnusableModelError } from './model-process.ts';
import { type Artifact, RefusedArtifactError } from './model-store.ts';

export interface AssignedModel {
  modelVersionId: string;
  artifact: Artifact;
}

export interface ModelSlots {
  /** Camera id → its model; null: no model runs there. Returns at once, the switch follows when the model is warm. */
  assign(assignments: ReadonlyMap<string, AssignedModel | null>): void;
  current(cameraId: string): ModelProcess | undefined;
  /** Why the assigned model does not run; undefined when it does or comes. */
  problem(cameraId: string): string | undefined;
  /** Resolves when a camera's model has changed or `signal` aborts. */
  changed(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

export interface ModelSlotsOptions {
  /** Verified and warm, or an error. */
  start(model: AssignedModel, signal: AbortSignal): Promise<ModelProcess>;
  /** After a switch: artifacts that are no longer assigned can go. */
  keepOnly(): Promise<void>;
  /** Whether a camera may well be without a model here. */
  isOptional: boolean;
  retryMinMs: number;
  retryMaxMs: number;
  log: Logger;
}

export function createModelSlots({
  start,
  keepOnly,
  retryMinMs,
  retryMaxMs,
  isOptional,
  log,
}: ModelSlotsOptions): ModelSlots {
  const stopping = new AbortController();
  const running = new Map<string, ModelProcess>();
  const current = new Map<string, ModelProcess>();
  const problems = new Map<string, string>();
  const retiring = new Set<Promise<void>>();
  let wanted: ReadonlyMap<string, AssignedModel | null> = new Map();
  let wantedKey = '';
  let reassigned = Promise.withResolvers<void>();
  const change = createBell();
  const work = run();

  return {
    assign(assignments) {
      const key = JSON.stringify(
        [...assignments].map(([camera, model]) => [camera, model?.modelVersionId, model?.artifact.sha256]),
      );
      if (key === wantedKey) return;
      wanted = assignments;
      wantedKey = key;
      reassigned.resolve();
    },
    current: (cameraId) => current.get(cameraId),
    problem: (cameraId) => problems.get(cameraId),
    changed: (signal) => change.next(signal),
    async stop() {
      stopping.abort();
      await work;
      await Promise.all([...running.values()].map((model) => model.stop()));
      await Promise.all(retiring);
    },
  };

  async function run(): Promise<void> {
    let backOffMs = retryMinMs;
    while (!stopping.signal.aborted) {
      reassigned = Promise.withResolvers();
      const isDone = await reconcile();
      if (isDone) backOffMs = retryMinMs;
      else backOffMs = Math.min(backOffMs * 2, retryMaxMs);
      // A new assignment ends the wait; a refused or unreachable artifact is tried again after it.
      await waitFor(reassigned.promise, stopping.signal, isDone ? undefined : backOffMs);
    }
  }

  /** False when something has to be tried again. */
  async function reconcile(): Promise<boolean> {
    const target = wanted;
    let isDone = true;
    for (const [cameraId, model] of target) {
      if (stopping.signal.aborted || target !== wanted) break;
      if (model === null) {
        if (isOptional) problems.delete(cameraId);
        else note(cameraId, 'no model is assigned to this camera');
        if (current.delete(cameraId)) change.ring();
        continue;
      }
      if (current.get(cameraId)?.modelVersionId === model.modelVersionId) {
        problems.delete(cameraId);
        continue;
      }
      try {
        const process = running.get(model.modelVersionId) ?? (await startModel(model));
        current.set(cameraId, process);
        problems.delete(cameraId);
        log.info({ camera: cameraId }, `model ${model.artifact.sha256.slice(0, 12)}… runs`);
        change.ring();
      } catch (error) {
        if (stopping.signal.aborted) break;
        isDone = false;
        const isRefused = error instanceof RefusedArtifactError || error instanceof UnusableModelError;
        const message = error instanceof Error ? error.message : String(error);
        note(cameraId, isRefused ? message : `the model cannot be fetched (${message})`);
        change.ring();
      }
    }
    if (target === wanted && isDone) await retireUnused(target);
    return target === wanted && isDone;
  }

  async function startModel(model: AssignedModel): Promise<ModelProcess> {
    const process = await start(model, stopping.signal);
    running.set(model.modelVersionId, process);
    return process;
  }

  /** One line for each new reason, however often it is tried again. */
  function note(cameraId: string, problem: string): void {
    if (problems.get(cameraId) !== problem) log.warn({ camera: cameraId }, problem);
    problems.set(cameraId, problem);
  }

  async function retireUnused(target: ReadonlyMap<string, AssignedModel | null>): Promise<void> {
    const inUse = new Set(current.values());
    for (const [versionId, process] of running) {
      if (inUse.has(process)) continue;
      running.delete(versionId);
      // Frames that were given to it still get their answer.
      const ending = process.stop().finally(() => retiring.delete(ending));
      retiring.add(ending);
    }
    const isAnyAssigned = [...target.values()].some((model) => model !== null);
    if (isAnyAssigned) await keepOnly().catch((error) => log.warn({ err: error }, 'models folder'));
  }
}
