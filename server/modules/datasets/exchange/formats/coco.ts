/** COCO's JSON for objects: boxes, polygons, run lengths. https://cocodataset.org/#format-data */
import type { Region } from '#schema/region.ts';
import { areaOf, boundsOf, encodeMask, packRuns, rasterise } from '#schema/region-geometry.ts';
import { type ExportItem, type Format, type OutFile, type ReadSet, SetFault, type SourceImage } from './format.ts';
import { hasHoles, rounded } from './region-shapes.ts';
import { baseName, createImageFinder, imagePath, splitOf, splitOfFolders, splitWord } from './set-paths.ts';
import { checkSize, fieldsOf, fitRegion, listOf, numberOf, textOf, wholeTextOf } from './set-values.ts';

type Fields = Record<string, unknown>;

export const coco: Format = {
  name: 'coco',
  async detect(files) {
    for (const path of jsonFiles(files.paths)) {
      const text = (await files.read(path).catch(() => Buffer.alloc(0))).toString('utf8');
      if (text.trimStart().startsWith('{') && text.includes('"images"') && text.includes('"categories"')) return true;
    }
    return false;
  },
  async read(files) {
    const set: ReadSet = { images: [], refused: [] };
    const find = createImageFinder(files);
    const seen = new Map<string, string>();
    for (const path of jsonFiles(files.paths)) {
      try {
        const document = parse(await files.read(path));
        if (Array.isArray(document.images)) readDocument(document, path, find, seen, set);
      } catch (error) {
        if (!(error instanceof SetFault)) throw error;
        set.refused.push({ path, reason: error.message });
      }
    }
    return set;
  },
  write(items, _lose) {
    const classes = [...new Set(items.flatMap(({ regions }) => regions.map(({ classCode }) => classCode)))].sort();
    function* files(): Generator<OutFile> {
      for (const item of items) yield { path: imagePath(item), image: item };
      for (const split of ['train', 'validation', 'golden'] as const) {
        const own = items.filter((item) => item.split === split);
        if (own.length === 0) continue;
        const path = `annotations/instances_${splitWord(split, { validation: 'val' })}.json`;
        yield { path, text: () => documentText(own, classes) };
      }
    }
    const holdsLabel = ({ label, regions }: ExportItem) =>
      regions.length > 0 && regions.every((it) => it.classCode === label);
    return { files: files(), imagePath, holdsLabel, holdsSplit: () => true };
  },
};

function jsonFiles(paths: readonly string[]): string[] {
  return paths.filter((path) => /\.json$/i.test(path) && baseName(path) !== 'lehr.json');
}

function parse(bytes: Buffer): Fields {
  try {
    return fieldsOf(JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, '')));
  } catch {
    throw new SetFault('is not JSON: export it again');
  }
}

function readDocument(
  document: Fields,
  from: string,
  find: (named: string, from: string) => string,
  seen: Map<string, string>,
  set: ReadSet,
): void {
  const categories = new Map(
    listOf(document.categories).map((each) => {
      const category = fieldsOf(each);
      return [String(category.id), textOf(category.name, `the name of category ${String(category.id)}`)];
    }),
  );
  const annotations = Map.groupBy(listOf(document.annotations).map(fieldsOf), (each) => String(each.image_id));
  const words = baseName(from)
    .replace(/\.json$/i, '')
    .replace(/\d+$/, '')
    .split(/[_.-]/);
  const ofFile = words.map((word) => splitOf(word.replace(/\d+$/, ''))).find((split) => split !== null) ?? null;
  const ids = new Set<string>();
  for (const image of listOf(document.images).map(fieldsOf)) {
    const named = typeof image.file_name === 'string' ? image.file_name : `image ${String(image.id)} of ${from}`;
    try {
      if (ids.has(String(image.id)))
        throw new SetFault(`two images have the id ${String(image.id)}: give each its own`);
      ids.add(String(image.id));
      const path = find(textOf(image.file_name, 'file_name'), from);
      const other = seen.get(path);
      if (other !== undefined) throw new SetFault(`the image is named twice (${other}): name it once`);
      seen.set(path, from);
      set.images.push(sourceImage(path, image, annotations.get(String(image.id)) ?? [], categories, ofFile));
    } catch (error) {
      if (!(error instanceof SetFault)) throw error;
      set.refused.push({ path: named.slice(0, 1000), reason: error.message });
    }
  }
  for (const [id, orphans] of annotations) {
    if (ids.has(id)) continue;
    const reason = `${orphans.length} annotations are of image ${id}, which the file does not name: add it or take them out`;
    set.refused.push({ path: `${from}#image_id=${id}`.slice(0, 1000), reason });
  }
}

function sourceImage(
  path: string,
  image: Fields,
  annotations: readonly Fields[],
  categories: ReadonlyMap<string, string>,
  split: SourceImage['split'],
): SourceImage {
  const nameOf = (annotation: Fields) => {
    const name = categories.get(String(annotation.category_id));
    if (name === undefined) {
      throw new SetFault(`category ${String(annotation.category_id)} is not in the file: add it to "categories"`);
    }
    return name;
  };
  return {
    path,
    split: split ?? splitOfFolders(path),
    classNames: async () => [...new Set(annotations.map(nameOf))],
    async annotate(size) {
      checkSize({ width: image.width, height: image.height }, size);
      const regions = annotations.map((annotation) => fitRegion(regionOf(annotation, nameOf(annotation), size), size));
      const crowds = annotations.filter(({ iscrowd }) => iscrowd === 1).length;
      return { label: null, regions, ...(crowds > 0 ? { attributes: { iscrowd: crowds } } : {}) };
    },
  };
}

function regionOf(annotation: Fields, classCode: string, size: { width: number; height: number }): Region {
  const { segmentation, bbox } = annotation;
  if (Array.isArray(segmentation) && segmentation.length > 0) {
    // one flat ring is written by some tools
    const rings = (Array.isArray(segmentation[0]) ? segmentation : [segmentation]).map((ring) =>
      listOf(ring).map((at) => numberOf(at, 'a point of a polygon')),
    );
    return { kind: 'polygon', classCode, rings };
  }
  if (typeof segmentation === 'object' && segmentation !== null && !Array.isArray(segmentation)) {
    const { size: stated, counts } = fieldsOf(segmentation);
    const [height, width] = listOf(stated).map((side) => numberOf(side, 'a side of a mask'));
    checkSize({ width, height }, size);
    const packed = Array.isArray(counts) ? packRuns(counts.map((run) => numberOf(run, 'a run of a mask'))) : counts;
    return { kind: 'mask', classCode, ...size, counts: wholeTextOf(packed, 'the counts of a mask') };
  }
  const [x, y, width, height] = listOf(bbox).map((side) => numberOf(side, 'a side of a box'));
  if (x === undefined || y === undefined || width === undefined || height === undefined) {
    throw new SetFault('an annotation has neither a segmentation nor a box of four numbers: give one');
  }
  return { kind: 'box', classCode, x, y, width, height };
}

/** In pieces, so that a large file is never one string. */
function* documentText(items: readonly ExportItem[], classes: readonly string[]): Generator<string> {
  const ids = new Map(classes.map((name, at) => [name, at + 1]));
  const categories = classes.map((name, at) => ({ id: at + 1, name, supercategory: 'defect' }));
  yield `{"info":{"description":"Lehr"},"licenses":[],"categories":${JSON.stringify(categories)},\n"images":[`;
  for (const [at, item] of items.entries()) {
    const image = { id: at + 1, file_name: imagePath(item), width: item.width, height: item.height };
    yield `${at === 0 ? '' : ','}\n${JSON.stringify(image)}`;
  }
  yield '],\n"annotations":[';
  let id = 0;
  for (const [at, item] of items.entries()) {
    for (const region of item.regions) {
      id += 1;
      const annotation = { id, image_id: at + 1, category_id: ids.get(region.classCode), ...shapeOf(region, item) };
      yield `${id === 1 ? '' : ','}\n${JSON.stringify(annotation)}`;
    }
  }
  yield ']}\n';
}

function shapeOf(region: Region, item: ExportItem): Record<string, unknown> {
  const { x, y, width, height } = boundsOf(region);
  const common = { bbox: [x, y, width, height].map((side) => rounded(side)), iscrowd: 0 };
  if (region.kind === 'box') return { ...common, area: rounded(width * height), segmentation: [] };
  const area = areaOf(region, item.width, item.height);
  if (region.kind === 'polygon' && !hasHoles(region, item)) {
    return { ...common, area, segmentation: region.rings.map((ring) => ring.map((at) => rounded(at))) };
  }
  const { width: across, height: down } = item;
  const counts = region.kind === 'mask' ? region.counts : encodeMask(rasterise(region, across, down), across, down);
  return { ...common, area, segmentation: { size: [item.height, item.width], counts } };
}
