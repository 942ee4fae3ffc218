/** The rows of the ingest benchmark: what a line with one camera records, alike on both sides. */
import { randomBytes } from 'node:crypto';
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { newId } from '../../../server/kit/ids.ts';

/** Who records: one node with one camera on a line of its own. */
export interface BenchNode {
  plantId: string;
  lineId: string;
  stationId: string;
  cameraId: string;
  edgeNodeId: string;
  tokenId: string;
  secret: string;
  modelVersionId: string;
}

export interface BenchItem {
  id: string;
  verdict: 'pass' | 'reject';
  score: number;
  latencyMs: number;
  partId: string;
  imageSha256: string;
  signals: { name: string; value: number; unit: string; quality: string; sourceTime: string }[];
  outline: number[] | null;
}

const OUTLINE_POINTS = 24;

/** One part in ten is rejected, with one outlined defect. */
export function benchItems(count: number): BenchItem[] {
  return Array.from({ length: count }, (_, index) => {
    const isReject = index % 10 === 0;
    const id = newId();
    const sourceTime = new Date().toISOString();
    return {
      id,
      verdict: isReject ? 'reject' : 'pass',
      score: isReject ? 0.75 : 0.125,
      latencyMs: 31.5,
      partId: `part-${id.slice(-12)}`,
      imageSha256: randomBytes(32).toString('hex'),
      signals: ['encoder', 'oven', 'belt', 'lamp'].map((name, place) => ({
        name,
        value: index + place / 8,
        unit: 'mm',
        quality: 'GOOD',
        sourceTime,
      })),
      outline: isReject
        ? Array.from({ length: 2 * OUTLINE_POINTS }, (_unused, point) => Math.fround(point / (2 * OUTLINE_POINTS)))
        : null,
    };
  });
}

export const BOX = { x: 0.25, y: 0.25, width: 0.5, height: 0.5 };
export const STATS = { brightness: 0.5, contrast: 0.25, colourCast: 0.125, sharpness: 300 };
export const POSITION = { offsetXPx: 1.5, offsetYPx: -0.5, rotationDeg: 0.25 };
export const MACHINE = { machineState: 'Execute', machineMode: 'Produce', speedPerMin: 61.5, temperatureC: 21.5 };
export const CODES = { productCode: 'bottle', recipeCode: 'r-1', batchCode: 'b-1', jobCode: 'j-1' };

/** The item as the mutation takes it. */
export function inputOf(node: BenchNode, item: BenchItem): Record<string, unknown> {
  const { id, verdict, score, latencyMs, partId, imageSha256, signals, outline } = item;
  return {
    id,
    cameraId: encodeGlobalId('Camera', node.cameraId),
    modelVersionId: encodeGlobalId('ModelVersion', node.modelVersionId),
    verdict: verdict.toUpperCase(),
    score,
    latencyMs,
    partId,
    imageSha256,
    imageStats: STATS,
    position: POSITION,
    context: { ...CODES, ...MACHINE, humidityPercent: 44, signals },
    defects: outline ? [{ class: 'anomaly', score, box: BOX, outline }] : [],
  };
}
