/** Pascal VOC: Annotations/NAME.xml, JPEGImages/NAME.jpg, ImageSets/Main/SPLIT.txt; pixels count from 1, both ends included. */
import type { Region } from '#schema/region.ts';
import { boundsOf } from '#schema/region-geometry.ts';
import {
  type ExportItem,
  type Format,
  type OutFile,
  type ReadSet,
  SetFault,
  type SetFiles,
  type Size,
  type SourceSplit,
} from './format.ts';
import { baseName, createImageFinder, isImageName, splitOf, splitOfFolders, splitWord, stemOf } from './set-paths.ts';
import { checkSize, fieldsOf, fitRegion, listOf, numberOf, textOf } from './set-values.ts';
import { escapeXml, parseXml } from './xml.ts';

const xmlName = /\.xml$/i;

export const voc: Format = {
  name: 'voc',
  async detect(files) {
    const some = files.paths.filter((path) => xmlName.test(path)).slice(0, 20);
    for (const path of some) {
      const text = (await files.read(path).catch(() => Buffer.alloc(0))).subarray(0, 4096).toString('utf8');
      if (/<annotation[\s>]/.test(text)) return true;
    }
    return false;
  },
  async read(files) {
    const set: ReadSet = { images: [], refused: [] };
    const find = createImageFinder(files);
    const splits = await readSplits(files);
    const seen = new Map<string, string>();
    for (const from of files.paths.filter((path) => xmlName.test(path))) {
      try {
        const annotation = fieldsOf(parseXml(await files.read(from), ['object', 'part', 'bndbox']).annotation);
        const named = typeof annotation.filename === 'string' ? annotation.filename : '';
        const path = find(isImageName(named) ? named : stemOf(from), from);
        const other = seen.get(path);
        if (other !== undefined) throw new SetFault(`the image has labels in ${other} already: keep one of the files`);
        seen.set(path, from);
        const objects = listOf(annotation.object).map(fieldsOf);
        const nameOf = (object: Record<string, unknown>) => textOf(object.name, 'the name of an object');
        set.images.push({
          path,
          split: splits.get(stemOf(path)) ?? splitOfFolders(path),
          classNames: async () => [...new Set(objects.map(nameOf))],
          async annotate(size) {
            const stated = fieldsOf(annotation.size);
            checkSize({ width: stated.width, height: stated.height }, size);
            const regions = objects.map((object) => boxOf(object, nameOf(object), size));
            const attributes = attributesOf(objects);
            return { label: null, regions, ...(attributes === null ? {} : { attributes }) };
          },
        });
      } catch (error) {
        if (!(error instanceof SetFault)) throw error;
        set.refused.push({ path: from, reason: error.message });
      }
    }
    for (const path of files.paths.filter((each) => isImageName(each) && !seen.has(each) && !isSegmentation(each))) {
      const split = splits.get(stemOf(path)) ?? splitOfFolders(path);
      set.images.push({
        path,
        split,
        classNames: async () => [],
        annotate: async () => ({ label: null, regions: [] }),
      });
    }
    return set;
  },
  write(items, lose) {
    const imagePath = ({ name, extension }: ExportItem) => `JPEGImages/${name}.${extension}`;
    function* files(): Generator<OutFile> {
      for (const item of items) {
        yield { path: imagePath(item), image: item };
        if (item.regions.some(({ kind }) => kind !== 'box')) lose(item, 'polygons and masks become their boxes');
        if (item.regions.some((region) => !isWhole(region))) lose(item, 'boxes are rounded to whole pixels');
        yield { path: `Annotations/${item.name}.xml`, text: () => [annotationText(item)] };
      }
      for (const split of ['train', 'validation', 'golden'] as const) {
        const own = items.filter((item) => item.split === split);
        if (own.length === 0) continue;
        const path = `ImageSets/Main/${splitWord(split, { validation: 'val' })}.txt`;
        yield { path, text: () => own.map(({ name }) => `${name}\n`) };
      }
    }
    const holdsLabel = ({ label, regions }: ExportItem) =>
      regions.length > 0 && regions.every((it) => it.classCode === label);
    return { files: files(), imagePath, holdsLabel, holdsSplit: () => true };
  },
};

function isSegmentation(path: string): boolean {
  return path.split('/').some((part) => part.startsWith('Segmentation'));
}

async function readSplits(files: SetFiles): Promise<Map<string, SourceSplit>> {
  const splits = new Map<string, SourceSplit>();
  for (const path of files.paths) {
    const split = splitOf(stemOf(path));
    if (split === null || !/(^|\/)ImageSets\/(.*\/)?[^/]+\.txt$/.test(path)) continue;
    for (const line of (await files.read(path)).toString('utf8').split(/\r?\n/)) {
      const [name] = line.trim().split(/\s+/);
      if (name) splits.set(stemOf(`${baseName(name)}.x`), split);
    }
  }
  return splits;
}

function boxOf(object: Record<string, unknown>, classCode: string, size: Size): Region {
  const [first] = listOf(object.bndbox);
  const box = fieldsOf(first);
  const [xmin = 0, ymin = 0, xmax = 0, ymax = 0] = ['xmin', 'ymin', 'xmax', 'ymax'].map((side) =>
    numberOf(box[side], `${side} of ${classCode}`),
  );
  if (xmin > xmax || ymin > ymax) throw new SetFault(`a box of ${classCode} ends before it begins: mend it`);
  const region = { x: xmin - 1, y: ymin - 1, width: xmax - xmin + 1, height: ymax - ymin + 1 };
  return fitRegion({ kind: 'box', classCode, ...region }, size);
}

/** Parts and what the file says of the view; null when it says nothing. */
function attributesOf(objects: readonly Record<string, unknown>[]): Record<string, unknown> | null {
  const said = objects.map(({ pose, truncated, difficult, part }) => ({
    ...(typeof pose === 'string' && pose !== 'Unspecified' ? { pose } : {}),
    ...(truncated === '1' ? { truncated: true } : {}),
    ...(difficult === '1' ? { difficult: true } : {}),
    ...(part === undefined ? {} : { parts: listOf(part) }),
  }));
  return said.some((each) => Object.keys(each).length > 0) ? { objects: said } : null;
}

function isWhole(region: Region): boolean {
  const { x, y, width, height } = boundsOf(region);
  return [x, y, width, height].every(Number.isInteger);
}

function annotationText(item: ExportItem): string {
  const objects = item.regions.map((region) => {
    const { x, y, width, height } = boundsOf(region);
    const [left, top] = [Math.min(item.width - 1, Math.round(x)), Math.min(item.height - 1, Math.round(y))];
    const [right, bottom] = [Math.max(left + 1, Math.round(x + width)), Math.max(top + 1, Math.round(y + height))];
    return `  <object>
    <name>${escapeXml(region.classCode)}</name>
    <pose>Unspecified</pose>
    <truncated>0</truncated>
    <difficult>0</difficult>
    <bndbox><xmin>${left + 1}</xmin><ymin>${top + 1}</ymin><xmax>${right}</xmax><ymax>${bottom}</ymax></bndbox>
  </object>
`;
  });
  return `<annotation>
  <folder>JPEGImages</folder>
  <filename>${escapeXml(`${item.name}.${item.extension}`)}</filename>
  <size><width>${item.width}</width><height>${item.height}</height><depth>3</depth></size>
  <segmented>0</segmented>
${objects.join('')}</annotation>
`;
}
