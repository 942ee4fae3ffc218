import sharp from 'sharp';
import { expect, it } from 'vitest';
import { auditDataset } from '../../../server/modules/data-quality/audit-dataset.ts';
import { readAnomalyDataset } from '../../../server/modules/training/anomaly-dataset.ts';
import { run } from '../../prove/label-errors.prove.ts';
import { describeOnRealData } from '../../support/real-data.ts';

describeOnRealData('cookies', 'looking through the real cookies, taken in two sessions', (folder) => {
  it('says that brightness alone tells good from bad', async () => {
    const { trainGood, test } = await readAnomalyDataset(folder);
    const images = [...trainGood.map((path) => ({ path, className: 'good' })), ...test];
    const brightness = await Promise.all(
      images.map(async ({ path }) => {
        const { channels } = await sharp(path).resize(64, 64, { fit: 'fill' }).greyscale().stats();
        return (channels[0]?.mean ?? Number.NaN) / 255;
      }),
    );
    const { figures } = auditDataset({
      seed: 1,
      sha256: images.map(({ path }) => path),
      label: images.map(({ className }) => className),
      regions: new Int32Array(images.length),
      capturedAtMs: new Float64Array(images.length).fill(Number.NaN),
      categories: {},
      numbers: { brightness },
      vectors: null,
      dimensions: 0,
      pairs: [],
      likeness: [],
      knownLabels: null,
    });
    const figure = figures.find(({ kind }) => kind === 'property_correlated');
    expect(figure).toMatchObject({ flagged: true, code: 'number_tells_class', params: { property: 'brightness' } });
    expect(figure?.score).toBeLessThan(0.2);
  });

  it('finds swapped labels among them', async () => {
    const { sets } = await run({ n: 2, seed: 1, report: () => {}, only: ['cookies'] });
    expect(sets).toMatchObject({ cookies: { images: 85 } });
    expect((sets as { cookies: { meanShare: number } }).cookies.meanShare).toBeGreaterThanOrEqual(0.7);
  });
});
