/** From encoded bytes to a verdict with its outlines, inside the model's child process. Images are prepared side by side and judged in the order of asking. */

import type { Judgement } from '../pipeline/judgement.ts';
import { decideVerdict } from '../pipeline/stages/decide-verdict.ts';
import { findDefects } from '../pipeline/stages/find-defects.ts';
import { createReferences } from '../pipeline/stages/find-reference.ts';
import { prepareFrame } from '../pipeline/stages/prepare-frame.ts';
import { createDoor } from '../pipeline/turns.ts';
import type { InferThread } from './infer-thread.ts';
import type { ImageToJudge } from './model-messages.ts';

const MAX_DEFECTS = 16;

/** The judge rejects with `ImageError` when the bytes are no image for this model, and with any other error when the model fails. */
export function createJudge({ manifest, run }: InferThread): (image: ImageToJudge) => Promise<Judgement> {
  const door = createDoor();
  const references = createReferences();
  const { thresholds, input } = manifest;

  return async ({ bytes, setup }) => {
    const startedAt = performance.now();
    const turn = door.takeTurn();
    try {
      const { image, toOriginal, times, ...frame } = await prepareFrame(bytes, input, setup, references);
      const { width, height } = image;
      await turn.before;
      const running = run(image);
      turn.leave();
      const { output, inferMs } = await running;
      const judgedAt = performance.now();
      const verdict = decideVerdict(output.score, thresholds);
      const defects =
        verdict === 'PASS'
          ? []
          : findDefects(
              output.map,
              { width, height },
              { outline: thresholds.outline, atLeastOne: verdict === 'REJECT', maxDefects: MAX_DEFECTS },
              setup.roi || setup.reference ? toOriginal : undefined,
            );
      const now = performance.now();
      return {
        ...frame,
        verdict,
        score: output.score,
        defects,
        times: {
          decodeMs: times.decodeMs,
          locateMs: times.locateMs,
          restMs: times.statisticsMs + now - judgedAt,
          inferMs,
          totalMs: now - startedAt,
        },
      };
    } finally {
      turn.leave();
    }
  };
}
