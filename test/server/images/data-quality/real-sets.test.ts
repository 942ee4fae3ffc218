import sharp from 'sharp';
import { expect, it } from 'vitest';
import { auditDataset } from '../../../../server/modules/images/data-quality/audit-dataset.ts';
import { readAnomalyDataset } from '../../../../server/modules/models/trainer/anomaly-dataset.ts';
import { run } from '../../../prove/label-errors.prove.ts';
import { describeOnRealData } from '../../../support/real-data.ts';

async function meanLuma(path: string): Promise<number> {
  const pixels = await sharp(path).resize(64, 64, { fit: 'fill' }).greyscale().raw().toBuffer();
  return pixels.reduce((sum, value) => sum + value, 0) / pixels.length / 255;
}

function correlation(labels: string[], brightness: number[]) {
  const { figures } = auditDataset({
    seed: 1,
    sha256: labels.map((_, index) => String(index)),
    label: labels,
    regions: new Int32Array(labels.length),
    capturedAtMs: new Float64Array(labels.length).fill(Number.NaN),
    categories: {},
    numbers: { brightness },
    vectors: null,
    dimensions: 0,
    pairs: [],
    likeness: [],
    knownLabels: null,
  });
  return figures.find(({ kind }) => kind === 'property_correlated');
}

describeOnRealData('cookies', 'looking through the real cookies', (folder) => {
  it('keeps quiet about their brightness, and tells when the defects were taken in less light', async () => {
    const { trainGood, test } = await readAnomalyDataset(folder);
    const images = [...trainGood.map((path) => ({ path, className: 'good' })), ...test];
    const labels = images.map(({ className }) => className);
    const brightness = await Promise.all(images.map(({ path }) => meanLuma(path)));
    expect(correlation(labels, brightness)).toMatchObject({ flagged: false, code: 'no_correlation' });

    const dim = brightness.map((value, index) => (labels[index] === 'good' ? value : value * 0.8));
    const figure = correlation(labels, dim);
    expect(figure).toMatchObject({ flagged: true, code: 'number_tells_class', params: { property: 'brightness' } });
    expect(figure?.score).toBeLessThan(0.2);
  });

  it('finds swapped labels among them', async () => {
    const { sets } = await run({ n: 2, seed: 1, report: () => {}, only: ['cookies'] });
    expect(sets).toMatchObject({ cookies: { images: 85 } });
    expect((sets as { cookies: { meanShare: number } }).cookies.meanShare).toBeGreaterThanOrEqual(0.7);
  });
});
