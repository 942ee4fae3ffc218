/** The verdict of a part, by the thresholds that the model's card states. */
import type { ModelManifest } from '#schema/model-manifest.ts';
import type { Verdict } from '../frame.ts';

/** `score` is calibrated, 0 to 1. Throws on anything else: a broken number must never pass a part. */
export function decideVerdict(score: number, thresholds: ModelManifest['thresholds']): Verdict {
  if (!(score >= 0 && score <= 1)) throw new Error(`the model's score is ${score}, expected 0 to 1`);
  if (score >= thresholds.reject) return 'REJECT';
  return score >= thresholds.uncertain ? 'UNCERTAIN' : 'PASS';
}
