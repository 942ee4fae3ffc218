/** Which setup each camera's images take for the recipe of the moment; its reference image is fetched beside the line's work. */
import { readFile } from 'node:fs/promises';
import { readPicture, type Size } from '../devices/read-picture.ts';
import type { Logger } from '../log.ts';
import type { ReferenceStore } from '../models/reference-store.ts';
import { type CameraSetup, WHOLE_IMAGE } from '../pipeline/camera-setup.ts';
import type { NodePlan, PlannedSetup } from '../uplink/node-plan.ts';
import { waitFor } from '../wait.ts';

export interface CameraSetups {
  /** Returns at once. */
  assign(plan: NodePlan): void;
  /** The recipe's own, else the camera's default, else the whole image. Parts are located once the reference is there. */
  current(cameraId: string, recipeCode: string | null): CameraSetup;
  /** Of the reference image of that setup; undefined without one, while it is not there, and when it is neither JPEG nor PNG. */
  referenceSize(cameraId: string, recipeCode: string | null): Size | undefined;
  /** Why a camera's parts are not located although its setup says so. */
  problem(cameraId: string): string | undefined;
  stop(): Promise<void>;
}

export interface CameraSetupsOptions {
  store: ReferenceStore;
  retryMs: number;
  log: Logger;
}

export function createCameraSetups({ store, retryMs, log }: CameraSetupsOptions): CameraSetups {
  const stopping = new AbortController();
  const paths = new Map<string, string>();
  const sizes = new Map<string, Size | undefined>();
  const problems = new Map<string, string>();
  let cameras: NodePlan['cameras'] = [];
  let setups = new Map<string, CameraSetup>();
  let reassigned = Promise.withResolvers<void>();
  const work = run();

  return {
    assign(plan) {
      ({ cameras } = plan);
      build();
      reassigned.resolve();
    },
    current,
    referenceSize(cameraId, recipeCode) {
      const { reference } = current(cameraId, recipeCode);
      return reference ? sizes.get(reference.sha256) : undefined;
    },
    problem: (cameraId) =>
      cameras
        .find((camera) => camera.cameraId === cameraId)
        ?.setups.map(({ reference }) => reference && problems.get(reference.sha256))
        .find((problem) => problem !== undefined && problem !== null) ?? undefined,
    async stop() {
      stopping.abort();
      await work;
    },
  };

  function current(cameraId: string, recipeCode: string | null): CameraSetup {
    const ofRecipe = recipeCode === null ? undefined : setups.get(keyOf(cameraId, recipeCode));
    return ofRecipe ?? setups.get(keyOf(cameraId, null)) ?? WHOLE_IMAGE;
  }

  /** The setups as they are handed out: one object each, so that nothing is built per image. */
  function build(): void {
    setups = new Map(
      cameras.flatMap(({ cameraId, setups: planned }) =>
        planned.map((setup) => [keyOf(cameraId, setup.recipeCode), ready(setup)] as const),
      ),
    );
  }

  function ready({ roi, reference, maxOffsetPx, maxRotationDeg }: PlannedSetup): CameraSetup {
    const path = reference ? paths.get(reference.sha256) : undefined;
    const found = reference && path !== undefined ? { sha256: reference.sha256, path } : null;
    return { roi, reference: found, maxOffsetPx, maxRotationDeg };
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      reassigned = Promise.withResolvers();
      const isDone = await fetchAll();
      await waitFor(reassigned.promise, stopping.signal, isDone ? undefined : retryMs);
    }
  }

  /** False when something has to be tried again. */
  async function fetchAll(): Promise<boolean> {
    const wanted = new Map(
      cameras.flatMap(({ setups: planned }) =>
        planned.flatMap(({ reference }) => (reference ? [[reference.sha256, reference] as const] : [])),
      ),
    );
    let isDone = true;
    for (const [sha256, reference] of wanted) {
      if (paths.has(sha256) || stopping.signal.aborted) continue;
      try {
        const path = await store.fetch(reference, stopping.signal);
        sizes.set(sha256, readPicture(await readFile(path)).size);
        paths.set(sha256, path);
        problems.delete(sha256);
        build();
      } catch (error) {
        if (stopping.signal.aborted) break;
        isDone = false;
        const message = `the reference image cannot be fetched (${error instanceof Error ? error.message : String(error)})`;
        if (problems.get(sha256) !== message) log.warn(message);
        problems.set(sha256, message);
      }
    }
    for (const sha256 of [...paths.keys()]) if (!wanted.has(sha256)) paths.delete(sha256);
    for (const sha256 of [...sizes.keys()]) if (!wanted.has(sha256)) sizes.delete(sha256);
    if (isDone && cameras.length > 0)
      await store.keepOnly(new Set(wanted.keys())).catch((error) => log.warn({ err: error }, 'reference images'));
    return isDone;
  }
}

function keyOf(cameraId: string, recipeCode: string | null): string {
  return JSON.stringify([cameraId, recipeCode]);
}
