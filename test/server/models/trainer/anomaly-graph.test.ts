import { describe, expect, it } from 'vitest';
import {
  type AnomalyModel,
  anomalyGraph,
  featureGraph,
  mapGraph,
  POSITION_GRID,
} from '../../../../server/modules/models/trainer/anomaly-graph.ts';
import { type Backbone, readBackbone } from '../../../../server/onnx/backbone.ts';
import { loadModel, type Tensor } from '../../../../server/onnx/load-model.ts';
import { createSeededRandom } from '../../../support/seeded-random.ts';

const random = createSeededRandom(5);
const normals = (length: number, gain = 1) => Float32Array.from({ length }, () => gain * random.normal());
const backbone = readBackbone([4, 8, 16]);
const calibration = { distanceAtReject: 2, distanceScale: 3 };

function makeModel(dimensions: number, size: number): AnomalyModel {
  const channels = backbone.taps.reduce((sum, tap) => sum + tap.channels, 0);
  return {
    backbone,
    padPx: 16,
    projection: { dimensions, weights: normals(dimensions * channels, 0.1), offset: normals(dimensions) },
    memory: { entries: normals(size * dimensions), size },
    // Equal everywhere: the resampling of the grid is onnxruntime's own and not under test.
    position: {
      mean: new Float32Array(POSITION_GRID ** 2).fill(1.5),
      inverseDeviation: new Float32Array(POSITION_GRID ** 2).fill(0.7),
    },
    topFraction: 0.05,
  };
}

function picture(height: number, width: number): Tensor {
  const data = Uint8Array.from(
    { length: height * width * 3 },
    (_, at) => 128 + 90 * Math.sin(at / 50) + 30 * random.next(),
  );
  return { type: 'uint8', data, dims: [height, width, 3] };
}

async function runOnce(graph: Uint8Array, inputs: Record<string, Tensor>) {
  const model = await loadModel(graph, { intraOpNumThreads: 1 });
  const outputs = await model.run(inputs);
  await model.release();
  return (name: string) => {
    const output = outputs[name];
    if (!output) throw new Error(`no output ${name}`);
    return output;
  };
}

/** The definition, in double precision and one loop at a time. */
function referenceDistances(features: Float32Array, { projection, memory }: AnomalyModel): number[] {
  const { dimensions, weights, offset } = projection;
  const channels = weights.length / dimensions;
  return Array.from({ length: features.length / channels }, (_, cell) => {
    const z = Array.from({ length: dimensions }, (_, row) => {
      let sum = offset[row] ?? 0;
      for (let c = 0; c < channels; c++)
        sum += (weights[row * channels + c] ?? 0) * (features[cell * channels + c] ?? 0);
      return sum;
    });
    const toEntry = (entry: number) =>
      Math.hypot(...z.map((value, k) => value - (memory.entries[entry * dimensions + k] ?? 0)));
    return Math.min(...Array.from({ length: memory.size }, (_, entry) => toEntry(entry)));
  });
}

describe('the anomaly graph', () => {
  it.each([
    [96, 96],
    [32, 45],
    [70, 133],
  ])('computes for %i × %i px what a plain loop over patches and memory computes', async (height, width) => {
    // 300 entries: more than one chunk of the memory.
    const model = makeModel(12, 300);
    const image = picture(height, width);
    const features = (await runOnce(featureGraph(backbone, model.padPx), { image }))('features');
    const output = await runOnce(anomalyGraph(model, calibration), { image });

    const [h, w] = [Math.ceil(height / 8), Math.ceil(width / 8)];
    expect(output('anomaly_map').dims).toEqual([h, w]);
    const normalised = referenceDistances(features.data, model).map((distance) => (distance - 1.5) * 0.7);
    expect(normalised).toHaveLength(h * w);
    const top = normalised.toSorted((a, b) => b - a).slice(0, Math.ceil(h * w * 0.05));
    const distance = top.reduce((sum, value) => sum + value, 0) / top.length;
    expect(output('distance').data[0]).toBeCloseTo(distance, 3);

    const score = (value: number) => 0.5 + (0.5 * (value - 2)) / 3 / Math.hypot(1, (value - 2) / 3);
    expect(output('score').data[0]).toBeCloseTo(score(distance), 4);
    normalised.forEach((value, cell) => {
      expect(output('anomaly_map').data[cell]).toBeCloseTo(score(value), 3);
    });
  });

  it('scores exactly 0.5 at the threshold, less below and more above', async () => {
    const model = makeModel(8, 20);
    const image = picture(64, 64);
    const distance = (await runOnce(anomalyGraph(model, calibration), { image }))('distance').data[0] ?? Number.NaN;
    const scoreWith = async (distanceAtReject: number) =>
      (await runOnce(anomalyGraph(model, { distanceAtReject, distanceScale: 1 }), { image }))('score').data[0];
    expect(await scoreWith(distance)).toBe(0.5);
    expect(await scoreWith(distance + 0.001)).toBeLessThan(0.5);
    expect(await scoreWith(distance - 0.001)).toBeGreaterThan(0.5);
  });

  it('gives distance 0, not NaN, for a patch that lies in the memory, unless that entry is hidden', async () => {
    const model = makeModel(8, 1);
    const image = picture(32, 32);
    const { dimensions, weights, offset } = model.projection;
    const features = (await runOnce(featureGraph(backbone, model.padPx), { image }))('features').data;
    const channels = weights.length / dimensions;
    const entries = Float32Array.from({ length: dimensions }, (_, row) =>
      features
        .subarray(0, channels)
        .reduce((sum, value, c) => sum + value * (weights[row * channels + c] ?? 0), offset[row] ?? 0),
    );
    const graph = mapGraph({ ...model, memory: { entries, size: 1 } });
    const hidden = (value: number): Tensor => ({ type: 'float32', data: Float32Array.of(value), dims: [1] });
    expect((await runOnce(graph, { image, penalty: hidden(0) }))('map').data[0]).toBeLessThan(0.02);
    expect((await runOnce(graph, { image, penalty: hidden(1e30) }))('map').data[0]).toBeGreaterThan(1e10);
  });
});

describe('cutting the backbone', () => {
  it('folds scalar arithmetic into the convolutions and leaves every tap as it was', async () => {
    const image = picture(96, 128);
    const strides = [4, 8, 16];
    const tapsOf = async (cut: Backbone) => (await runOnce(featureGraph(cut, 16), { image }))('features').data;
    const plain = readBackbone(strides, { fold: false });
    expect(backbone.nodes.length).toBeLessThan(plain.nodes.length * 0.6);
    const [expected, folded] = [await tapsOf(plain), await tapsOf(readBackbone(strides))];
    const largest = expected.reduce((max, value) => Math.max(max, Math.abs(value)), 0);
    const worst = folded.reduce((max, value, at) => Math.max(max, Math.abs(value - (expected[at] ?? 0))), 0);
    expect(largest).toBeGreaterThan(1);
    expect(worst / largest).toBeLessThan(1e-5);
  });
});
