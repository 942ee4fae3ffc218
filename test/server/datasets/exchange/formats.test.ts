/** Layouts of labelled sets, without files: what is written is read again, and what cannot be is said. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Region } from '#schema/region.ts';
import { boundsOf, encodeMask, iouOf, traceMask } from '#schema/region-geometry.ts';
import type { ExportItem, FormatName } from '../../../../server/modules/datasets/exchange/formats/format.ts';
import { formatNames } from '../../../../server/modules/datasets/exchange/formats/format.ts';
import { detectFormat, formatNamed } from '../../../../server/modules/datasets/exchange/formats/formats.ts';
import { memoryFiles, writeInMemory } from './memory-files.ts';

const seeded = { seed: 20_261_123, numRuns: 25, endOnFailure: true };
const codes = ['crack', 'stone', 'chipped_finish'] as const;

const regionsOf = (width: number, height: number): fc.Arbitrary<Region[]> => {
  const classCode = fc.constantFrom(...codes);
  const box = fc
    .tuple(classCode, fc.nat(width - 2), fc.nat(height - 2), fc.double({ min: 0.1, max: 0.9, noNaN: true }))
    .map(([code, x, y, part]): Region => {
      const rest = { width: (width - x) * part, height: (height - y) * part };
      return { kind: 'box', classCode: code, x, y, ...rest };
    });
  const bitmap = fc.array(fc.constantFrom(0, 0, 1), { minLength: width * height, maxLength: width * height });
  const mask = fc
    .tuple(classCode, bitmap)
    .filter(([, pixels]) => pixels.includes(1))
    .map(([code, pixels]): Region => {
      const counts = encodeMask(Uint8Array.from(pixels), width, height);
      return { kind: 'mask', classCode: code, width, height, counts };
    });
  const polygon = fc
    .tuple(classCode, bitmap)
    .filter(([, pixels]) => pixels.includes(1))
    .map(([code, pixels]): Region => {
      return { kind: 'polygon', classCode: code, rings: traceMask(Uint8Array.from(pixels), width, height) };
    });
  return fc.array(fc.oneof(box, mask, polygon), { maxLength: 3 });
};

const items: fc.Arbitrary<ExportItem[]> = fc
  .array(
    fc.record({ width: fc.integer({ min: 3, max: 14 }), height: fc.integer({ min: 3, max: 14 }) }).chain((size) =>
      fc.record({
        size: fc.constant(size),
        split: fc.constantFrom('train', 'validation', 'golden'),
        regions: regionsOf(size.width, size.height),
        label: fc.constantFrom('good', ...codes),
      }),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((all) =>
    all.map(({ size, split, regions, label }, at): ExportItem => {
      const name = `image${at}`;
      const own = regions[0]?.classCode ?? label;
      // as a layout that knows kinds apart lists them
      const sorted = ['box', 'polygon', 'mask'].flatMap((kind) => regions.filter((region) => region.kind === kind));
      return { name, extension: 'png', sha256: name, ...size, label: own, regions: sorted, split };
    }),
  );

async function readAgain(name: FormatName, written: ExportItem[]) {
  const out = await writeInMemory(formatNamed(name), written);
  const set = await formatNamed(name).read(out.files);
  expect(set.refused).toEqual([]);
  const read = new Map(set.images.map((image) => [image.path, image]));
  const again = [];
  for (const item of written) {
    const image = read.get(out.written.imagePath(item));
    if (!image) throw new Error(`${item.name} did not come back`);
    again.push({ item, image, label: await image.annotate(item), holds: out.written });
  }
  return { again, out };
}

describe.each(formatNames)('a set as %s', (name) => {
  it('is known for what it is', async () => {
    const regions: Region[] = [{ kind: 'box', classCode: 'crack', x: 1, y: 1, width: 2, height: 2 }];
    const common = { extension: 'png', sha256: 'a', width: 8, height: 8, split: 'train' } as const;
    const bad: ExportItem = { ...common, name: 'bad', label: 'crack', regions };
    const out = await writeInMemory(formatNamed(name), [bad, { ...common, name: 'fine', label: 'good', regions: [] }]);
    expect((await detectFormat(out.files))?.name).toBe(name);
  });

  it('comes back with every image, and with the labels and splits that it says it holds', async () => {
    await fc.assert(
      fc.asyncProperty(items, async (written) => {
        for (const { item, image, label, holds } of (await readAgain(name, written)).again) {
          const said = label.label ?? (label.regions.length > 0 ? label.regions[0]?.classCode : null);
          if (holds.holdsLabel(item)) expect(said).toBe(item.label);
          const split = { train: 'train', validation: 'validation', golden: 'test' }[item.split];
          if (holds.holdsSplit(item)) expect(image.split).toBe(split);
        }
      }),
      seeded,
    );
  });
});

describe('regions', () => {
  it.each(['coco', 'yolo', 'cvat', 'label_studio'] as const)(
    'come back the same as %s, pixel for pixel',
    async (name) => {
      await fc.assert(
        fc.asyncProperty(items, async (written) => {
          for (const { item, label } of (await readAgain(name, written)).again) {
            expect(label.regions).toHaveLength(item.regions.length);
            for (const [at, region] of item.regions.entries()) {
              const other = label.regions[at];
              if (!other) throw new Error('a region is missing');
              expect(other.classCode).toBe(region.classCode);
              if (region.kind === 'box') expectNear(other, region, 0.001);
              else expect(iouOf([other], [region], item.width, item.height)).toBe(1);
            }
          }
        }),
        seeded,
      );
    },
  );

  it.each(['coco', 'yolo', 'cvat', 'label_studio', 'mvtec'] as const)(
    'of any length come back the same as %s: a checkered mask has as many runs as pixels',
    async (name) => {
      const [width, height] = [60, 50];
      const checkered = Uint8Array.from({ length: width * height }, (_, at) => (at + Math.floor(at / width)) % 2);
      const counts = encodeMask(checkered, width, height);
      expect(counts.length).toBeGreaterThan(2000);
      const region: Region = { kind: 'mask', classCode: 'crack', width, height, counts };
      const item = {
        name: 'a',
        extension: 'png',
        sha256: 'a',
        width,
        height,
        label: 'crack',
        split: 'golden',
      } as const;
      const { again } = await readAgain(name, [{ ...item, regions: [region] }]);
      const back = again[0]?.label.regions ?? [];
      expect(iouOf([...back], [region], width, height)).toBe(1);
    },
  );

  it.each(['coco', 'yolo', 'cvat', 'label_studio'] as const)('of many points come back whole as %s', async (name) => {
    const [width, height] = [900, 700];
    const ring = Array.from({ length: 600 }, (_, at) => {
      const angle = (2 * Math.PI * at) / 600;
      return [450 + 300.125 * Math.cos(angle), 350 + 300.125 * Math.sin(angle)];
    }).flat();
    const region: Region = { kind: 'polygon', classCode: 'crack', rings: [ring] };
    const item = { name: 'a', extension: 'png', sha256: 'a', width, height, label: 'crack', split: 'golden' } as const;
    const { again } = await readAgain(name, [{ ...item, regions: [region] }]);
    expect(again[0]?.label.regions).toMatchObject([{ kind: 'polygon' }]);
    expect(iouOf([...(again[0]?.label.regions ?? [])], [region], width, height)).toBeGreaterThan(0.999);
  });

  it('come back from Pascal VOC as boxes, half a pixel off at most', async () => {
    await fc.assert(
      fc.asyncProperty(items, async (written) => {
        for (const { item, label } of (await readAgain('voc', written)).again) {
          expect(label.regions).toHaveLength(item.regions.length);
          for (const [at, region] of item.regions.entries()) expectNear(label.regions[at], region, 1);
        }
      }),
      seeded,
    );
  });

  it('come back from MVTec AD as the mask of all of them', async () => {
    await fc.assert(
      fc.asyncProperty(items, async (written) => {
        for (const { item, label } of (await readAgain('mvtec', written)).again) {
          if (item.label !== 'good') expect(iouOf(label.regions, item.regions, item.width, item.height)).toBe(1);
        }
      }),
      seeded,
    );
  });

  it('that a layout cannot hold are named', async () => {
    const regions: Region[] = [{ kind: 'polygon', classCode: 'crack', rings: [[1, 1, 5, 1, 5, 5]] }];
    const size = { width: 8, height: 8 };
    const item: ExportItem = {
      name: 'a',
      extension: 'png',
      sha256: 'a',
      ...size,
      label: 'crack',
      regions,
      split: 'train',
    };
    const lost = async (name: FormatName) => (await writeInMemory(formatNamed(name), [item])).lost;
    expect(await lost('voc')).toEqual([['a', 'polygons and masks become their boxes']]);
    expect(await lost('folders')).toEqual([['a', 'folders have no place for regions']]);
    expect(await lost('mvtec')).toEqual([['a', 'boxes and polygons become masks']]);
    expect(await lost('coco')).toEqual([]);
  });
});

function expectNear(region: Region | undefined, expected: Region, byPx: number): void {
  if (!region) throw new Error('a region is missing');
  const [one, other] = [boundsOf(region), boundsOf(expected)];
  expect(Math.abs(one.x - other.x)).toBeLessThanOrEqual(byPx);
  expect(Math.abs(one.y - other.y)).toBeLessThanOrEqual(byPx);
  expect(Math.abs(one.x + one.width - other.x - other.width)).toBeLessThanOrEqual(byPx);
  expect(Math.abs(one.y + one.height - other.y - other.height)).toBeLessThanOrEqual(byPx);
}

describe('foreign sets', () => {
  const size = { width: 100, height: 80 };
  const read = async (name: FormatName, texts: Record<string, string>) => {
    const set = await formatNamed(name).read(memoryFiles({ 'a.png': '', ...texts }));
    const labels = [];
    for (const image of set.images) {
      labels.push(await image.annotate(size).catch((error: Error) => ({ refused: error.message })));
    }
    return { ...set, labels };
  };
  const cocoText = (fields: Record<string, unknown>, annotation: Record<string, unknown>) =>
    JSON.stringify({
      images: [{ id: 1, file_name: 'a.png', ...size }],
      categories: [{ id: 7, name: 'Crack' }],
      annotations: [{ image_id: 1, category_id: 7, ...annotation }],
      ...fields,
    });

  it('of COCO may have run lengths as a list, crowds and flat rings', async () => {
    const rle = { segmentation: { size: [80, 100], counts: [0, 80, 7920] }, iscrowd: 1 };
    expect((await read('coco', { 'a.json': cocoText({}, rle) })).labels).toMatchObject([
      { regions: [{ kind: 'mask', classCode: 'Crack' }], attributes: { iscrowd: 1 } },
    ]);
    const flat = { segmentation: [1, 1, 5, 1, 5, 5] };
    expect((await read('coco', { 'a.json': cocoText({}, flat) })).labels).toMatchObject([
      { regions: [{ kind: 'polygon', rings: [[1, 1, 5, 1, 5, 5]] }] },
    ]);
  });

  it.each([
    ['a box that is negative', {}, { bbox: [10, 10, -5, 5] }, 'width -5'],
    ['a box without end', {}, { bbox: [10, 10, null, 5] }, 'finite'],
    ['a box of text', {}, { bbox: ['10', 'x', 5, 5] }, 'finite'],
    ['a box far outside', {}, { bbox: [90, 10, 50, 5] }, 'end by 100'],
    ['an unknown category', {}, { bbox: [1, 1, 5, 5], category_id: 8 }, 'category 8'],
    ['another size', { images: [{ id: 1, file_name: 'a.png', width: 5, height: 5 }] }, { bbox: [1, 1, 2, 2] }, '5 × 5'],
    ['damaged run lengths', {}, { segmentation: { size: [80, 100], counts: 'zz' } }, 'damaged'],
    ['two points', {}, { segmentation: [[1, 1, 2, 2]] }, 'three points'],
  ])('of COCO with %s lose that image only', async (_what, fields, annotation, reason) => {
    const text = cocoText(fields, annotation).replace('null', '1e400');
    expect((await read('coco', { 'a.json': text })).labels).toMatchObject([
      { refused: expect.stringContaining(reason) },
    ]);
  });

  it('of COCO name images that are missing, twice there, or without a file', async () => {
    const images = [
      { id: 1, file_name: 'a.png' },
      { id: 1, file_name: 'b.png' },
      { id: 3, file_name: '../../etc/passwd' },
    ];
    const { refused } = await read('coco', { 'a.json': cocoText({ images }, { image_id: 9, bbox: [1, 1, 1, 1] }) });
    expect(refused.map(({ path }) => path)).toEqual(['b.png', '../../etc/passwd', 'a.json#image_id=9']);
  });

  it('of YOLO may have CRLF, numbers as names and lists of images', async () => {
    const texts = {
      'data.yaml': 'names: [crack]\r\nval: val.txt\r\n',
      'val.txt': './a.png\r\n',
      'a.txt': '0 0.5 0.5 0.1 0.1\r\n',
    };
    const { labels, images } = await read('yolo', texts);
    expect(labels).toMatchObject([{ regions: [{ kind: 'box', x: 45, y: 36, width: 10, height: 8 }] }]);
    expect(images[0]?.split).toBe('validation');
  });

  it.each([
    ['NaN', '0 NaN 0.5 0.1 0.1', 'finite'],
    ['a number too few', '0 0.5 0.5 0.1', '3 numbers'],
    ['an unnamed class', '4 0.5 0.5 0.1 0.1', 'class 4'],
    ['a box beyond the image', '0 0.5 0.5 3 0.1', 'x -100'],
  ])('of YOLO with %s lose that image only', async (_what, line, reason) => {
    const { labels } = await read('yolo', { 'data.yaml': 'names: [crack]', 'a.txt': line });
    expect(labels).toMatchObject([{ refused: expect.stringContaining(reason) }]);
  });

  it.each([
    ['nests too deep', `names: ${'['.repeat(5_000)}`, 'data.yaml line 1: nest at most 20'],
    [
      'is indented too deep',
      Array.from({ length: 1200 }, (_, at) => `${' '.repeat(at)}a:\n`).join(''),
      'line 21: nest',
    ],
    ['has a key twice', 'names: [crack]\nnames: [dent]\n', 'line 2: correct the YAML: Map keys must be unique'],
    ['has too many tokens', `names: [${'crack,'.repeat(60_000)}]`, 'give at most 100000 (LEHR_LIMIT_YAML_TOKENS)'],
    ['has aliases', 'a: &a [crack]\nnames: *a\n', 'line 1: write it out'],
  ])('of YOLO whose data.yaml %s are refused by its line', async (_what, text, reason) => {
    await expect(read('yolo', { 'data.yaml': text })).rejects.toThrow(reason);
  });

  it('refuse XML that defines entities, before it is parsed', async () => {
    const bomb = `<!DOCTYPE a [<!ENTITY b "${'x'.repeat(100)}">]><annotation><filename>&b;</filename></annotation>`;
    expect((await read('voc', { 'a.xml': bomb })).refused).toMatchObject([
      { reason: expect.stringContaining('entities') },
    ]);
    expect((await read('cvat', { 'a.xml': bomb })).refused).toMatchObject([
      { reason: expect.stringContaining('entities') },
    ]);
  });

  it('of Pascal VOC keep parts and views as attributes, and slip over the edge by a pixel', async () => {
    const object = `<object><name>crack</name><pose>Left</pose><difficult>1</difficult>
      <bndbox><xmin>0</xmin><ymin>1</ymin><xmax>100</xmax><ymax>80</ymax></bndbox>
      <part><name>edge</name><bndbox><xmin>2</xmin><ymin>2</ymin><xmax>5</xmax><ymax>5</ymax></bndbox></part></object>`;
    const { labels } = await read('voc', { 'a.xml': `<annotation><filename>a.png</filename>${object}</annotation>` });
    expect(labels).toMatchObject([
      {
        regions: [{ kind: 'box', x: 0, y: 0, width: 100, height: 80 }],
        attributes: { objects: [{ pose: 'Left', difficult: true, parts: [{ name: 'edge' }] }] },
      },
    ]);
  });

  it('of CVAT may be turned or hold shapes that are no region: refused with what to do', async () => {
    const image = (shape: string) => `<annotations><image id="0" name="a.png">${shape}</image></annotations>`;
    const turned = '<box label="crack" xtl="1" ytl="1" xbr="5" ybr="5" rotation="30"/>';
    expect((await read('cvat', { 'a.xml': image(turned) })).labels).toMatchObject([
      { refused: expect.stringContaining('turned') },
    ]);
    const line = '<polyline label="crack" points="1,1;2,2"/>';
    expect((await read('cvat', { 'a.xml': image(line) })).labels).toMatchObject([
      { refused: expect.stringContaining('polyline') },
    ]);
  });

  it('of Label Studio take what was marked as true, and say that others said something, too', async () => {
    const choice = (label: string) => [{ type: 'choices', value: { choices: [label] } }];
    const task = {
      data: { image: '/data/upload/1/0a1b2c3d-a.png' },
      annotations: [{ result: choice('stone'), ground_truth: true }, { result: choice('crack') }],
    };
    expect((await read('label_studio', { 'a.json': JSON.stringify([task]) })).labels).toEqual([
      { label: 'stone', regions: [], attributes: { furtherAnnotations: 1 } },
    ]);
  });
});
