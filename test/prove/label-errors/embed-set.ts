/** Real images as the product embeds them. */

import {
  EMBEDDING_DIMENSIONS,
  EMBEDDING_INPUT_PX,
  embeddingGraph,
} from '../../../server/modules/images/similarity/embedding-graph.ts';
import { measureImage } from '../../../server/modules/images/similarity/measure-image.ts';
import { readAnomalyDataset } from '../../../server/modules/models/trainer/anomaly-dataset.ts';
import { loadModel } from '../../../server/onnx/load-model.ts';

export interface EmbeddedSet {
  /** 'good' or 'defect'. */
  labels: string[];
  /** Images × dimensions. */
  vectors: Float32Array;
  dimensions: number;
}

const maxPixels = 64_000_000;

export async function embedSet(folder: string): Promise<EmbeddedSet> {
  const { trainGood, test } = await readAnomalyDataset(folder);
  const images = [
    ...trainGood.map((path) => ({ path, label: 'good' })),
    ...test.map(({ path, className }) => ({ path, label: className === 'good' ? 'good' : 'defect' })),
  ];
  const model = await loadModel(embeddingGraph(), { intraOpNumThreads: 1 });
  const dims = [1, 3, EMBEDDING_INPUT_PX, EMBEDDING_INPUT_PX];
  try {
    const vectors = new Float32Array(images.length * EMBEDDING_DIMENSIONS);
    for (const [index, { path }] of images.entries()) {
      const { planes } = await measureImage(path, maxPixels);
      const { vector } = await model.run({ image: { type: 'float32', data: planes, dims } });
      if (!vector) throw new Error(`${path} was not embedded`);
      vectors.set(vector.data, index * EMBEDDING_DIMENSIONS);
    }
    return { labels: images.map(({ label }) => label), vectors, dimensions: EMBEDDING_DIMENSIONS };
  } finally {
    await model.release();
  }
}
