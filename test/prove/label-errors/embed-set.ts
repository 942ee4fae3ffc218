/** Real images as vectors: mean and deviation over the picture of the backbone's maps of stride 8 and 16, squeezed to 256 × 256 px. */
import sharp from 'sharp';
import { readAnomalyDataset } from '../../../server/modules/training/anomaly-dataset.ts';
import { featureGraph } from '../../../server/modules/training/anomaly-graph.ts';
import { readBackbone } from '../../../server/modules/training/backbone.ts';
import { loadModel } from '../../../server/modules/training/load-model.ts';

export interface EmbeddedSet {
  /** 'good' or 'defect'. */
  labels: string[];
  /** Images × dimensions. */
  vectors: Float32Array;
  dimensions: number;
}

const sidePx = 256;

export async function embedSet(folder: string): Promise<EmbeddedSet> {
  const { trainGood, test } = await readAnomalyDataset(folder);
  const images = [
    ...trainGood.map((path) => ({ path, label: 'good' })),
    ...test.map(({ path, className }) => ({ path, label: className === 'good' ? 'good' : 'defect' })),
  ];
  const model = await loadModel(featureGraph(readBackbone([8, 16]), 0), { intraOpNumThreads: 1 });
  try {
    const rows: Float32Array[] = [];
    for (const { path } of images) {
      const pixels = await sharp(path)
        .removeAlpha()
        .toColourspace('srgb')
        .resize(sidePx, sidePx, { fit: 'fill' })
        .raw()
        .toBuffer();
      const { features } = await model.run({
        image: { type: 'uint8', data: new Uint8Array(pixels), dims: [sidePx, sidePx, 3] },
      });
      if (!features) throw new Error('the backbone gave no features');
      rows.push(meanAndDeviation(features.data, features.dims[1] ?? 0));
    }
    const dimensions = rows[0]?.length ?? 0;
    const vectors = new Float32Array(rows.length * dimensions);
    rows.forEach((row, index) => {
      vectors.set(row, index * dimensions);
    });
    return { labels: images.map(({ label }) => label), vectors, dimensions };
  } finally {
    await model.release();
  }
}

function meanAndDeviation(cells: Float32Array, channels: number): Float32Array {
  const count = cells.length / channels;
  const sums = new Float64Array(channels);
  const squares = new Float64Array(channels);
  cells.forEach((value, at) => {
    sums[at % channels] = (sums[at % channels] ?? 0) + value / count;
    squares[at % channels] = (squares[at % channels] ?? 0) + value ** 2 / count;
  });
  return Float32Array.from({ length: 2 * channels }, (_, at) =>
    at < channels
      ? (sums[at] ?? 0)
      : Math.sqrt(Math.max(0, (squares[at - channels] ?? 0) - (sums[at - channels] ?? 0) ** 2)),
  );
}
