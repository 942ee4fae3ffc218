/** The fingerprint of a result. The hexadecimal digits were recorded before there was a vocabulary of production context: they never change. */
import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../../server/modules/line/inspections/content-hash.ts';
import type { ContextInput, InspectionInput } from '../../../../server/modules/line/inspections/inspection-input.ts';
import { signalsJson } from '../../../../server/modules/line/signals/signals.ts';

const bare: InspectionInput = {
  id: '019A0000-0000-7000-8000-0000000000AB',
  cameraId: 'Q2FtZXJhOjE',
  modelVersionId: 'TW9kZWxWZXJzaW9uOjE',
  verdict: 'pass',
  score: 0.1,
  latencyMs: 20,
  defects: [],
};

const full: ContextInput = {
  productCode: 'P-1',
  recipeCode: 'R "1"',
  batchCode: 'B,1',
  jobCode: 'J{1}',
  machineState: 'Execute',
  machineMode: 'Produce',
  speedPerMin: 61.5,
  temperatureC: -3.25,
  humidityPercent: 44,
  signals: [
    {
      name: 'encoder',
      value: 1234,
      unit: 'mm',
      quality: 'good',
      sourceTime: new Date('2026-01-02T03:04:05.678Z'),
      isAmbiguous: true,
    },
    { name: '__proto__', value: { deep: ['a', null], b: 1 }, quality: 'stale' },
  ],
};

const rich: InspectionInput = {
  ...bare,
  verdict: 'reject',
  score: 0.875,
  partId: 'part "7", \\{x}',
  imageSha256: 'ab'.repeat(32),
  imageStats: { brightness: 0.5, contrast: 0.25, colourCast: 0.125, sharpness: 300 },
  position: { offsetXPx: -1.5, offsetYPx: 2, rotationDeg: 0.25 },
  context: full,
  defects: [
    {
      class: 'crack',
      score: 0.75,
      box: { x: 0, y: 0.25, width: 0.5, height: 0.5 },
      outline: [0, 0, 0.5, 0.25, 1, 1],
    },
    { class: 'chip', score: 0.5, box: { x: 0.5, y: 0.5, width: 0.25, height: 0.25 } },
  ],
};

const emptyContext: ContextInput = {
  productCode: null,
  recipeCode: null,
  batchCode: null,
  jobCode: null,
  machineState: null,
  machineMode: null,
  speedPerMin: null,
  temperatureC: null,
  humidityPercent: null,
  signals: [],
};

const vectors: readonly [string, InspectionInput, string][] = [
  ['nothing but what must be', bare, 'aec43a38d7bd1bf325a25b324697df36eabc067f71af77667b3a602b0eb19d61'],
  [
    'nulls instead of absent',
    { ...bare, partId: null, context: null, capture: null, position: null },
    'aec43a38d7bd1bf325a25b324697df36eabc067f71af77667b3a602b0eb19d61',
  ],
  [
    'a context that says nothing',
    { ...bare, context: { signals: [] } },
    'a4ddb2120f018c5f058be6eb6f5dfd6f096f40b279fd054e3ed191196bc8db29',
  ],
  [
    'a context of nulls',
    { ...bare, context: emptyContext },
    'a4ddb2120f018c5f058be6eb6f5dfd6f096f40b279fd054e3ed191196bc8db29',
  ],
  [
    'a context of texts alone',
    { ...bare, context: { batchCode: 'B', machineMode: 'Manual', signals: [] } },
    '524d860c16193fe464ae8077700833bf0523ad58579440e0ec381d12d9f04a96',
  ],
  [
    'a context of numbers alone',
    { ...bare, context: { speedPerMin: 0, humidityPercent: 1e-7, signals: [] } },
    '23701c811793159930ede375755e36b46f59520abffe7127dfb66655e892a5d0',
  ],
  ['all that can be said', rich, 'c68eab83b14892623849038e51cbcffbddb03480272e8263ac6e20064552cbb4'],
  [
    'a capture',
    { ...rich, capture: { isKept: false, keepProbability: 0.05, reason: 'audit' } },
    'f7a3073898ff53b3ed7d14ab69027d3e05b40c7ee7ac021aa84eaf1c9da7a560',
  ],
];

/** Recorded when the factor was added. */
const added: typeof vectors = [
  [
    'lamp hours',
    { ...bare, context: { lampHours: 12.5, signals: [] } },
    'd45d604eeb4a523673a08651e77ea602fc2bcfeacb5f4e5065af63fb1acd2618',
  ],
  [
    'lamp hours beside all others',
    { ...rich, context: { ...full, lampHours: 0 } },
    'd1ca49dc4c2759c2898cc60331f8c686a7fa6c0ebbc76cef1eb7890b8ee0dee1',
  ],
];

describe('the content hash of a result', () => {
  it.each([...vectors, ...added])('stays as it was: %s', (_name, input, recorded) => {
    expect(contentHash(input, input.context ? signalsJson(input.context.signals) : '')).toBe(recorded);
  });

  it.each(vectors)('does not tell an added factor without a value from none: %s', (_name, input, recorded) => {
    const context = input.context ? { ...input.context, lampHours: null } : input.context;
    expect(contentHash({ ...input, context }, context ? signalsJson(context.signals) : '')).toBe(recorded);
  });
});
