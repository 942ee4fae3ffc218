import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ImageToJudge } from '../../edge/models/model-messages.ts';
import { createWaitingImages } from '../../edge/models/waiting-images.ts';
import { WHOLE_IMAGE } from '../../edge/pipeline/camera-setup.ts';
import type { Judgement } from '../../edge/pipeline/judgement.ts';

const judgement: Judgement = {
  sha256: 'a'.repeat(64),
  verdict: 'PASS',
  score: 0,
  defects: [],
  statistics: { brightness: 0, contrast: 0, colourCast: 0, sharpness: 0 },
  position: null,
  locateProblem: undefined,
  times: { decodeMs: 0, locateMs: 0, restMs: 0, inferMs: 0, totalMs: 0 },
};

/** A child that answers in order until it meets an image that kills it; the bytes are the image's number. */
function runChild(count: number, isDeadly: (image: number) => boolean) {
  const held: { id: number; image: number }[] = [];
  const judged: number[] = [];
  let isAlive = true;
  let deaths = 0;
  const images = createWaitingImages((id: number, { bytes }: ImageToJudge) => {
    if (!isAlive) return false;
    held.push({ id, image: bytes[0] ?? 0 });
    return true;
  });
  const answers = Array.from({ length: count }, (_, image) =>
    images.add({ bytes: Uint8Array.of(image), setup: WHOLE_IMAGE }).then(
      () => 'judged',
      () => 'given up',
    ),
  );
  // Any of those that it has can be the one at work when it dies: they are prepared side by side.
  for (let step = 0; step < 20 * count && images.underWay + held.length > 0; step++) {
    if (held.some(({ image }) => isDeadly(image))) {
      deaths++;
      held.length = 0;
      isAlive = false;
      images.suspect(new Error('died'));
      isAlive = true;
      images.resume();
      continue;
    }
    const next = held.shift();
    if (!next) break;
    judged.push(next.image);
    images.settle(next.id, judgement);
  }
  return { answers, judged, deaths: () => deaths };
}

describe('images that wait for a model whose process dies', () => {
  it('gives up the deadly ones and no other, and judges each of the others once', async () => {
    const deadly = fc.uniqueArray(fc.integer({ min: 0, max: 11 }), { maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 12 }), deadly, async (count, numbers) => {
        const { answers, judged } = runChild(count, (image) => numbers.includes(image));
        const expected = Array.from({ length: count }, (_, image) => (numbers.includes(image) ? 'given up' : 'judged'));
        expect(await Promise.all(answers)).toEqual(expected);
        expect(new Set(judged).size).toBe(judged.length);
      }),
      { numRuns: 60, endOnFailure: true },
    );
  });

  it('sends all at once again when none of them was at fault', async () => {
    const { answers, judged, deaths } = runChild(5, () => false);
    await Promise.all(answers);
    expect(judged).toEqual([0, 1, 2, 3, 4]);
    expect(deaths()).toBe(0);
  });
});
