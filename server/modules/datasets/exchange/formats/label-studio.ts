/** Label Studio's JSON: tasks with rectangles and polygons in per cent, brush masks, choices, by several people. */
import type { Region } from '#schema/region.ts';
import { encodeMask, MAX_RING_POINTS, rasterise } from '#schema/region-geometry.ts';
import { packBrush, unpackBrush } from './brush-runs.ts';
import {
  type ExportItem,
  type Format,
  type OutFile,
  type ReadSet,
  SetFault,
  type Size,
  type SourceImage,
} from './format.ts';
import { joinRings, ringsOf } from './region-shapes.ts';
import { baseName, createImageFinder, imagePath, splitOf, splitOfFolders, splitWord } from './set-paths.ts';
import { checkSize, fieldsOf, fitRegion, listOf, numberOf, textOf } from './set-values.ts';

type Fields = Record<string, unknown>;
const jsonName = /\.json$/i;
/** Label Studio puts eight digits in front of what is uploaded. */
const uploadPrefix = /^[0-9a-f]{8}-/;

export const labelStudio: Format = {
  name: 'label_studio',
  async detect(files) {
    for (const path of files.paths.filter((each) => jsonName.test(each))) {
      const text = (await files.read(path).catch(() => Buffer.alloc(0)))
        .subarray(0, 65_536)
        .toString('utf8')
        .trimStart();
      if (text.startsWith('[') && text.includes('"annotations"') && text.includes('"data"')) return true;
    }
    return false;
  },
  async read(files) {
    const set: ReadSet = { images: [], refused: [] };
    const find = createImageFinder(files);
    const seen = new Set<string>();
    for (const from of files.paths.filter((path) => jsonName.test(path) && baseName(path) !== 'lehr.json')) {
      let tasks: unknown;
      try {
        tasks = JSON.parse((await files.read(from)).toString('utf8').replace(/^\uFEFF/, ''));
      } catch (error) {
        const reason = error instanceof SetFault ? error.message : 'is not JSON: export it again';
        set.refused.push({ path: from, reason });
        continue;
      }
      for (const task of (Array.isArray(tasks) ? tasks : []).map(fieldsOf)) readTask(task, from, find, seen, set);
    }
    return set;
  },
  write(items, lose) {
    function* files(): Generator<OutFile> {
      for (const item of items) yield { path: imagePath(item), image: item };
      yield { path: 'label-studio.json', text: () => documentText(items, lose) };
    }
    return { files: files(), imagePath, holdsLabel: () => true, holdsSplit: () => true };
  },
};

function readTask(
  task: Fields,
  from: string,
  find: (named: string, from: string) => string,
  seen: Set<string>,
  set: ReadSet,
): void {
  const data = fieldsOf(task.data);
  const named = imageName(data);
  try {
    if (named === null) throw new SetFault(`task ${String(task.id)} names no image: its data needs "image"`);
    const path = findUpload(find, named, from);
    if (seen.has(path)) throw new SetFault('the image is in two tasks: keep one');
    seen.add(path);
    set.images.push(sourceImage(path, data, task));
  } catch (error) {
    if (!(error instanceof SetFault)) throw error;
    set.refused.push({ path: (named ?? `${from}#${String(task.id)}`).slice(0, 1000), reason: error.message });
  }
}

/** From an address such as /data/local-files/?d=a%2Fb.png or /data/upload/1/0a1b2c3d-b.png. */
function imageName(data: Fields): string | null {
  const named =
    data.image ?? data.img ?? Object.values(data).find((value) => /\.(png|jpe?g|webp)$/i.test(String(value)));
  if (typeof named !== 'string' || named === '') return null;
  const local = /[?&]d=([^&]+)/.exec(named)?.[1];
  try {
    return decodeURIComponent(
      (local ?? named.replace(/^[a-z0-9]+:\/\/[^/]*/i, '').replace(/[?#].*$/, '')).replace(/^\/+/, ''),
    );
  } catch {
    return named;
  }
}

function findUpload(find: (named: string, from: string) => string, named: string, from: string): string {
  try {
    return find(named, from);
  } catch (error) {
    if (!uploadPrefix.test(baseName(named))) throw error;
    return find(baseName(named).replace(uploadPrefix, ''), from);
  }
}

function sourceImage(path: string, data: Fields, task: Fields): SourceImage {
  const given = listOf(task.annotations ?? task.completions)
    .map(fieldsOf)
    .filter((each) => each.was_cancelled !== true);
  // what was marked as true, else what was said last
  const chosen = given.find((each) => each.ground_truth === true) ?? given.at(-1);
  const results = listOf(chosen?.result).map(fieldsOf);
  const others = given.length - 1;
  return {
    path,
    split: splitOf(String(data.split ?? data.subset ?? '')) ?? splitOfFolders(path),
    classNames: async () => [...new Set(results.flatMap((result) => labelsOf(result)))],
    async annotate(size) {
      const choices = [...new Set(results.filter(({ type }) => type === 'choices').flatMap(labelsOf))];
      if (choices.length > 1) throw new SetFault(`has ${choices.length} choices (${choices.join(', ')}): keep one`);
      const regions = results
        .filter(({ type }) => type !== 'choices')
        .map((result) => fitRegion(regionOf(result, size), size));
      const attributes = others > 0 ? { attributes: { furtherAnnotations: others } } : {};
      return { label: choices[0] ?? null, regions, ...attributes };
    },
  };
}

function labelsOf(result: Fields): string[] {
  const value = fieldsOf(result.value);
  const key = ['rectanglelabels', 'polygonlabels', 'brushlabels', 'choices', 'labels'].find((each) => value[each]);
  return key === undefined ? [] : listOf(value[key]).map((name) => textOf(name, 'a label'));
}

function regionOf(result: Fields, size: Size): Region {
  const [classCode, second] = labelsOf(result);
  if (classCode === undefined) throw new SetFault(`a region (${String(result.type)}) has no label: give it one`);
  if (second !== undefined) throw new SetFault(`a region has two labels (${classCode}, ${second}): keep one`);
  checkSize({ width: result.original_width, height: result.original_height }, size);
  const value = fieldsOf(result.value);
  const at = (name: string) => numberOf(value[name], `${name} of ${classCode}`) / 100;
  if (value.rle !== undefined) {
    const bytes = listOf(value.rle).map((byte) => numberOf(byte, `the brush of ${classCode}`));
    const bitmap = unpackBrush(bytes, size.width * size.height);
    return { kind: 'mask', classCode, ...size, counts: encodeMask(bitmap, size.width, size.height) };
  }
  if (value.points !== undefined) {
    const ring = listOf(value.points).flatMap((point) => {
      const [x, y] = listOf(point).map((side) => numberOf(side, `a point of ${classCode}`) / 100);
      return [(x ?? Number.NaN) * size.width, (y ?? Number.NaN) * size.height];
    });
    return { kind: 'polygon', classCode, rings: [ring] };
  }
  if (value.rotation !== undefined && numberOf(value.rotation, 'rotation') !== 0) {
    throw new SetFault(`a rectangle of ${classCode} is turned: draw it as a polygon`);
  }
  if (value.radiusX !== undefined) throw new SetFault(`an ellipse of ${classCode} is no region here: draw a polygon`);
  const box = { x: at('x') * size.width, y: at('y') * size.height };
  return { kind: 'box', classCode, ...box, width: at('width') * size.width, height: at('height') * size.height };
}

function* documentText(
  items: readonly ExportItem[],
  lose: (item: ExportItem, reason: string) => void,
): Generator<string> {
  yield '[';
  for (const [at, item] of items.entries()) {
    const choice = { from_name: 'quality', to_name: 'image', type: 'choices', value: { choices: [item.label] } };
    const regions = item.regions.map((region, index) => resultOf(region, item, `r${index}`, lose));
    const split = splitWord(item.split, { validation: 'validation' });
    const data = { image: `/data/local-files/?d=${encodeURIComponent(imagePath(item))}`, split };
    const task = { id: at + 1, data, annotations: [{ id: at + 1, result: [{ id: 'label', ...choice }, ...regions] }] };
    yield `${at === 0 ? '' : ','}\n${JSON.stringify(task)}`;
  }
  yield '\n]\n';
}

function resultOf(
  region: Region,
  item: ExportItem,
  id: string,
  lose: (item: ExportItem, reason: string) => void,
): Fields {
  const { width, height } = item;
  const common = { id, to_name: 'image', original_width: width, original_height: height, image_rotation: 0 };
  const across = (x: number) => Number(((x / width) * 100).toFixed(8));
  const down = (y: number) => Number(((y / height) * 100).toFixed(8));
  const labels = [region.classCode];
  if (region.kind === 'box') {
    const box = { x: across(region.x), y: down(region.y), width: across(region.width), height: down(region.height) };
    const value = { ...box, rotation: 0, rectanglelabels: labels };
    return { ...common, from_name: 'box', type: 'rectanglelabels', value };
  }
  const ring = region.kind === 'polygon' ? joinRings(ringsOf(region, item)) : [];
  if (region.kind === 'polygon' && ring.length / 2 <= MAX_RING_POINTS) {
    const points = ring.flatMap((x, at) => (at % 2 === 0 ? [[across(x), down(ring[at + 1] ?? 0)]] : []));
    return { ...common, from_name: 'polygon', type: 'polygonlabels', value: { points, polygonlabels: labels } };
  }
  if (region.kind === 'polygon') lose(item, `a polygon of ${ring.length / 2} points becomes a brush mask`);
  const rle = packBrush(rasterise(region, width, height));
  return { ...common, from_name: 'brush', type: 'brushlabels', value: { format: 'rle', rle, brushlabels: labels } };
}
