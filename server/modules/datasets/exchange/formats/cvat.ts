/** CVAT for images 1.1: boxes, polygons, masks and tags in one XML. https://docs.cvat.ai/docs/dataset_management/formats/format-cvat/ */
import type { Region } from '#schema/region.ts';
import { boundsOf, encodeMask, MAX_RING_POINTS, rasterise } from '#schema/region-geometry.ts';
import {
  type ExportItem,
  type Format,
  type OutFile,
  type ReadSet,
  SetFault,
  type Size,
  type SourceImage,
} from './format.ts';
import { joinRings, ringsOf, rounded } from './region-shapes.ts';
import { createImageFinder, imagePath, splitOf, splitOfFolders, splitWord } from './set-paths.ts';
import { checkSize, fieldsOf, fitRegion, listOf, numberOf, textOf, wholeTextOf } from './set-values.ts';
import { escapeXml, parseXml } from './xml.ts';

type Fields = Record<string, unknown>;
const xmlName = /\.xml$/i;
const shapes = ['box', 'polygon', 'mask', 'tag'];
const others = ['polyline', 'points', 'ellipse', 'cuboid', 'skeleton'];

export const cvat: Format = {
  name: 'cvat',
  async detect(files) {
    const some = files.paths.filter((path) => xmlName.test(path)).slice(0, 20);
    for (const path of some) {
      const text = (await files.read(path).catch(() => Buffer.alloc(0))).subarray(0, 4096).toString('utf8');
      if (/<annotations[\s>]/.test(text)) return true;
    }
    return false;
  },
  async read(files) {
    const set: ReadSet = { images: [], refused: [] };
    const find = createImageFinder(files);
    const seen = new Set<string>();
    for (const from of files.paths.filter((path) => xmlName.test(path))) {
      try {
        const lists = ['image', 'track', 'attribute', ...shapes, ...others];
        const document = fieldsOf(parseXml(await files.read(from), lists).annotations);
        if (document.track !== undefined) throw new SetFault('holds tracks of a video: export it "for images"');
        for (const image of listOf(document.image).map(fieldsOf)) readImage(image, from, find, seen, set);
      } catch (error) {
        if (!(error instanceof SetFault)) throw error;
        set.refused.push({ path: from, reason: error.message });
      }
    }
    return set;
  },
  write(items, lose) {
    function* files(): Generator<OutFile> {
      for (const item of items) yield { path: imagePath(item), image: item };
      yield { path: 'annotations.xml', text: () => documentText(items, lose) };
    }
    return { files: files(), imagePath, holdsLabel: () => true, holdsSplit: () => true };
  },
};

function readImage(
  image: Fields,
  from: string,
  find: (named: string, from: string) => string,
  seen: Set<string>,
  set: ReadSet,
): void {
  const named = String(image['@name'] ?? `image ${String(image['@id'])} of ${from}`).slice(0, 1000);
  try {
    const path = find(textOf(image['@name'], 'the name of an image'), from);
    if (seen.has(path)) throw new SetFault('the image is named twice: name it once');
    seen.add(path);
    set.images.push(sourceImage(path, image));
  } catch (error) {
    if (!(error instanceof SetFault)) throw error;
    set.refused.push({ path: named, reason: error.message });
  }
}

function sourceImage(path: string, image: Fields): SourceImage {
  const labelOf = (shape: unknown) => textOf(fieldsOf(shape)['@label'], 'the label of a shape');
  const drawn = () => {
    const unknown = others.find((name) => image[name] !== undefined);
    if (unknown) throw new SetFault(`has a ${unknown}, which is no region: draw a box, a polygon or a mask`);
    return shapes.slice(0, 3).flatMap((kind) => listOf(image[kind]).map((shape) => ({ kind, shape: fieldsOf(shape) })));
  };
  const tags = () => [...new Set(listOf(image.tag).map(labelOf))];
  return {
    path,
    split: splitOf(String(image['@subset'] ?? '')) ?? splitOfFolders(path),
    classNames: async () => [...new Set([...tags(), ...drawn().map(({ shape }) => labelOf(shape))])],
    async annotate(size) {
      checkSize({ width: image['@width'], height: image['@height'] }, size);
      const found = drawn();
      const named = tags();
      if (named.length > 1) throw new SetFault(`has ${named.length} tags (${named.join(', ')}): keep one`);
      const regions = found.map(({ kind, shape }) => fitRegion(regionOf(kind, shape, labelOf(shape), size), size));
      const said = found.map(({ shape }) => attributesOf(shape));
      const attributes = said.some((each) => Object.keys(each).length > 0) ? { attributes: { shapes: said } } : {};
      return { label: named[0] ?? null, regions, ...attributes };
    },
  };
}

function attributesOf(shape: Fields): Record<string, string> {
  return Object.fromEntries(
    listOf(shape.attribute).map((each) => {
      const { '@name': name, '#text': text } = fieldsOf(each);
      return [String(name), String(text ?? '')];
    }),
  );
}

function regionOf(kind: string, shape: Fields, classCode: string, size: Size): Region {
  const at = (name: string) => numberOf(shape[`@${name}`], `${name} of ${classCode}`);
  if (kind === 'box') {
    if (shape['@rotation'] !== undefined && at('rotation') !== 0) {
      throw new SetFault(`a box of ${classCode} is turned: draw it as a polygon`);
    }
    const [x, y] = [at('xtl'), at('ytl')];
    return { kind: 'box', classCode, x, y, width: at('xbr') - x, height: at('ybr') - y };
  }
  if (kind === 'polygon') {
    const ring = wholeTextOf(shape['@points'], `the points of ${classCode}`)
      .split(';')
      .flatMap((point) => point.split(','))
      .map((value) => numberOf(value, `a point of ${classCode}`));
    return { kind: 'polygon', classCode, rings: [ring] };
  }
  return maskOf(shape, classCode, size, at);
}

/** Run lengths row by row over the box of the mask, beginning with what is not in it. */
function maskOf(shape: Fields, classCode: string, size: Size, at: (name: string) => number): Region {
  const [left, top, width, height] = [at('left'), at('top'), at('width'), at('height')];
  const isWithin = left >= 0 && top >= 0 && left + width <= size.width && top + height <= size.height;
  if (!isWithin || ![left, top, width, height].every(Number.isInteger)) {
    throw new SetFault(`a mask of ${classCode} lies outside the image: mend it`);
  }
  const runs = String(shape['@rle'] ?? '')
    .split(',')
    .map((run) => numberOf(run, `a run of ${classCode}`));
  const bitmap = new Uint8Array(size.width * size.height);
  let place = 0;
  for (const [index, run] of runs.entries()) {
    if (!(run >= 0 && Number.isInteger(run)) || place + run > width * height) {
      throw new SetFault(`a mask of ${classCode} has run lengths that do not fit it: mend it`);
    }
    for (const end = place + run; place < end; place += 1) {
      if (index % 2 === 1) bitmap[(top + Math.floor(place / width)) * size.width + left + (place % width)] = 1;
    }
  }
  return { kind: 'mask', classCode, ...size, counts: encodeMask(bitmap, size.width, size.height) };
}

function* documentText(
  items: readonly ExportItem[],
  lose: (item: ExportItem, reason: string) => void,
): Generator<string> {
  const labels = new Set(items.flatMap(({ label, regions }) => [label, ...regions.map(({ classCode }) => classCode)]));
  yield '<?xml version="1.0" encoding="utf-8"?>\n<annotations>\n  <version>1.1</version>\n  <meta><task><labels>\n';
  for (const label of [...labels].sort())
    yield `    <label><name>${escapeXml(label)}</name><attributes></attributes></label>\n`;
  yield '  </labels></task></meta>\n';
  for (const [at, item] of items.entries()) {
    const { width, height } = item;
    const subset = splitWord(item.split, { validation: 'validation' });
    yield `  <image id="${at}" name="${escapeXml(imagePath(item))}" subset="${subset}" width="${width}" height="${height}">\n`;
    yield `    <tag label="${escapeXml(item.label)}" source="manual"></tag>\n`;
    for (const region of item.regions) yield `    ${shapeText(region, item, lose)}\n`;
    yield '  </image>\n';
  }
  yield '</annotations>\n';
}

function shapeText(region: Region, item: ExportItem, lose: (item: ExportItem, reason: string) => void): string {
  const common = `label="${escapeXml(region.classCode)}" source="manual" occluded="0"`;
  const bounds = boundsOf(region);
  if (region.kind === 'polygon') {
    const ring = joinRings(ringsOf(region, item));
    if (ring.length / 2 <= MAX_RING_POINTS) {
      const points = ring.flatMap((x, at) => (at % 2 === 0 ? [`${rounded(x)},${rounded(ring[at + 1] ?? 0)}`] : []));
      return `<polygon ${common} points="${points.join(';')}" z_order="0"></polygon>`;
    }
    lose(item, `a polygon of ${ring.length / 2} points becomes its box`);
  }
  const { x, y, width, height } = bounds;
  if (region.kind !== 'mask') {
    const sides = `xtl="${rounded(x)}" ytl="${rounded(y)}" xbr="${rounded(x + width)}" ybr="${rounded(y + height)}"`;
    return `<box ${common} ${sides} z_order="0"></box>`;
  }
  const bitmap = rasterise(region, item.width, item.height);
  const runs: number[] = [];
  let value = 0;
  let run = 0;
  for (let at = 0; at < width * height; at += 1) {
    const pixel = bitmap[(y + Math.floor(at / width)) * item.width + x + (at % width)] ?? 0;
    if (pixel !== value) {
      runs.push(run);
      value = pixel;
      run = 0;
    }
    run += 1;
  }
  runs.push(run);
  const place = `left="${x}" top="${y}" width="${width}" height="${height}"`;
  return `<mask ${common} rle="${runs.join(', ')}" ${place} z_order="0"></mask>`;
}
