/** A set of labelled images that never existed, without any trap unless one is planted. */
import type { AuditInput } from '../../../../server/modules/images/data-quality/audit-types.ts';
import { createSeededRandom } from '../../../support/seeded-random.ts';

export interface MadeSet extends AuditInput {
  label: string[];
  regions: Int32Array;
  capturedAtMs: Float64Array;
  categories: { camera: (string | null)[]; shift: (string | null)[]; batch: (string | null)[] };
  numbers: { brightness: Float64Array; contrast: Float64Array; sharpness: Float64Array };
  vectors: Float32Array;
}

const dimensions = 16;
const minuteMs = 60_000;

/** A quarter is defective, cracks and stones; both can be told by the looks, nothing else tells them. */
export function makeSet(images: number, seed: number): MadeSet {
  const random = createSeededRandom(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());
  const pick = (count: number) => Math.floor(random.next() * count);
  const label = Array.from(
    { length: images },
    () => ['good', 'good', 'good', 'good', 'good', 'good', 'crack', 'stone'][pick(8)] ?? '',
  );
  const vectors = Float32Array.from({ length: images * dimensions }, (_, at) => {
    const column = at % dimensions;
    const own = label[Math.floor(at / dimensions)];
    return normal() + (own === 'crack' && column < 4 ? 3 : 0) + (own === 'stone' && column >= 12 ? 3 : 0);
  });
  const words = (names: readonly string[]) => Array.from({ length: images }, () => names[pick(names.length)] ?? null);
  const numbers = () => Float64Array.from({ length: images }, normal);
  return {
    seed,
    sha256: label.map((_, index) => index.toString(16).padStart(64, '0')),
    label,
    regions: Int32Array.from(label, (each) => (each === 'good' ? 0 : 1)),
    capturedAtMs: Float64Array.from({ length: images }, (_, index) => Date.UTC(2026, 0, 1) + index * minuteMs),
    categories: {
      camera: words(['camera-1', 'camera-2', 'camera-3']),
      shift: words(['early', 'late', 'night']),
      batch: words(Array.from({ length: 20 }, (_, index) => `batch-${index}`)),
    },
    numbers: { brightness: numbers(), contrast: numbers(), sharpness: numbers() },
    vectors,
    dimensions,
    pairs: [],
    likeness: [],
    knownLabels: ['crack', 'stone'],
  };
}
