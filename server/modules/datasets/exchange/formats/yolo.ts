/** YOLO as Ultralytics has it: data.yaml, images/SPLIT, labels/SPLIT with a class and normalised numbers a line; boxes and segments. */
import { readYaml } from '#schema/read-yaml.ts';
import type { Region } from '#schema/region.ts';
import { boundsOf, MAX_RING_POINTS } from '#schema/region-geometry.ts';
import {
  type ExportItem,
  type Format,
  type OutFile,
  type Refused,
  SetFault,
  type SetFiles,
  type Size,
} from './format.ts';
import { joinRings, ringsOf } from './region-shapes.ts';
import { baseName, folderOf, isImageName, splitOf, splitOfFolders, splitWord, stemOf } from './set-paths.ts';
import { fieldsOf, fitRegion, listOf, numberOf, textOf } from './set-values.ts';

const yamlName = /\.ya?ml$/i;
const labelLine = /^\s*\d+(\s+[-+.\deE]+){4,}\s*$/;

export const yolo: Format = {
  name: 'yolo',
  async detect(files) {
    if (files.paths.some((path) => /^(data|dataset)\.ya?ml$/i.test(baseName(path)))) return true;
    const labels = files.paths
      .filter((path) => /\.txt$/i.test(path) && path.split('/').includes('labels'))
      .slice(0, 20);
    for (const path of labels) {
      const [first = ''] = (await files.read(path).catch(() => Buffer.alloc(0))).toString('utf8').split('\n');
      if (labelLine.test(first)) return true;
    }
    return false;
  },
  async read(files) {
    const refused: Refused[] = [];
    const names = await readNames(files);
    const paths = new Set(files.paths);
    const listed = await readLists(files);
    const images = files.paths.filter(isImageName).map((path) => {
      const label = [labelPath(path), `${folderOf(path)}${stemOf(path)}.txt`].find((each) => paths.has(each));
      const lines = async () => (label === undefined ? [] : readLines(await files.read(label)));
      const nameOf = (number: string) => {
        if (names === null) return `class-${number}`;
        const name = names.get(number);
        if (name === undefined) throw new SetFault(`class ${number} has no name in data.yaml: add it to "names"`);
        return name;
      };
      return {
        path,
        split: listed.get(path) ?? splitOfFolders(path),
        classNames: async () => [...new Set((await lines()).map(([number = '']) => nameOf(number)))],
        async annotate(size: Size) {
          const regions = (await lines()).map((line) => regionOf(line, nameOf, size));
          return { label: label !== undefined && regions.length === 0 ? 'good' : null, regions };
        },
      };
    });
    const stems = new Set(images.flatMap(({ path }) => [labelPath(path), `${folderOf(path)}${stemOf(path)}.txt`]));
    for (const path of files.paths) {
      if (!/\.txt$/i.test(path) || !path.split('/').includes('labels') || stems.has(path)) continue;
      if (baseName(path) === 'classes.txt') continue;
      refused.push({ path, reason: 'the image is not in the set: add it, or take its labels out' });
    }
    return { images, refused };
  },
  write(items, lose) {
    const folder = ({ split }: ExportItem) => splitWord(split, { validation: 'val' });
    const imagePath = (item: ExportItem) => `images/${folder(item)}/${item.name}.${item.extension}`;
    const classes = [...new Set(items.flatMap(({ regions }) => regions.map(({ classCode }) => classCode)))].sort();
    const kinds = new Set(
      items.flatMap(({ regions }) => regions.map(({ kind }) => (kind === 'box' ? 'box' : 'segment'))),
    );
    function* files(): Generator<OutFile> {
      yield { path: 'data.yaml', text: () => [dataYaml(items, classes)] };
      for (const item of items) {
        if (kinds.size > 1 && item.regions.some(({ kind }) => kind === 'box')) {
          lose(item, 'boxes and segments stand side by side in one set, of which trainers take one kind');
        }
        yield { path: imagePath(item), image: item };
        if (item.label !== 'good' && item.regions.length === 0) continue;
        const lines = item.regions.map(
          (region) => `${classes.indexOf(region.classCode)} ${numbersOf(region, item, lose)}\n`,
        );
        yield { path: `labels/${folder(item)}/${item.name}.txt`, text: () => lines };
      }
    }
    const holdsLabel = ({ label, regions }: ExportItem) =>
      regions.length > 0 ? regions.every((it) => it.classCode === label) : label === 'good';
    return { files: files(), imagePath, holdsLabel, holdsSplit: () => true };
  },
};

/** The last folder `images` becomes `labels`. */
function labelPath(path: string): string {
  const parts = path.split('/');
  const at = parts.lastIndexOf('images');
  if (at >= 0) parts[at] = 'labels';
  return parts.join('/').replace(/\.[^./]*$/, '.txt');
}

async function readDataYaml(files: SetFiles): Promise<{ from: string; fields: Record<string, unknown> } | null> {
  const from =
    files.paths.find((path) => /^(data|dataset)\.ya?ml$/i.test(baseName(path))) ??
    files.paths.find((path) => yamlName.test(path));
  if (from === undefined) return null;
  const file = readYaml((await files.read(from)).toString('utf8'), files.yamlLimits);
  if (!file.problems) return { from, fields: fieldsOf(file.value) };
  const [wrong] = file.problems;
  throw new SetFault(`${from} line ${wrong?.line}: ${wrong?.remedy}`);
}

/** Class number → name; null when no file names them. */
async function readNames(files: SetFiles): Promise<Map<string, string> | null> {
  const yaml = await readDataYaml(files);
  const names = yaml?.fields.names;
  if (Array.isArray(names))
    return new Map(names.map((name, at) => [String(at), textOf(name, `name ${at} of data.yaml`)]));
  if (typeof names === 'object' && names !== null) {
    return new Map(Object.entries(names).map(([at, name]) => [at, textOf(name, `name ${at} of data.yaml`)]));
  }
  const list = files.paths.find((path) => /^(classes\.txt|obj\.names|.*\.names)$/i.test(baseName(path)));
  if (list === undefined) return null;
  const lines = (await files.read(list)).toString('utf8').split(/\r?\n/);
  return new Map(lines.flatMap((line, at) => (line.trim() === '' ? [] : [[String(at), line.trim()] as const])));
}

/** Images that text files of data.yaml put into a split. */
async function readLists(files: SetFiles): Promise<Map<string, 'train' | 'validation' | 'test'>> {
  const found = new Map<string, 'train' | 'validation' | 'test'>();
  const yaml = await readDataYaml(files);
  if (!yaml) return found;
  for (const key of ['train', 'val', 'test']) {
    const split = splitOf(key);
    for (const entry of listOf(yaml.fields[key])) {
      if (typeof entry !== 'string' || split === null) continue;
      const clean = entry.replaceAll('\\', '/').replace(/^(\.\.?\/)+/, '');
      const list = files.paths.find((path) => path.endsWith(clean) && /\.txt$/i.test(path));
      const lines = list === undefined ? [] : (await files.read(list)).toString('utf8').split(/\r?\n/);
      const ends = new Set(lines.map((line) => line.trim().replace(/^(\.\.?\/)+/, '')).filter((line) => line !== ''));
      const folder = clean.endsWith('/') ? clean : `${clean}/`;
      for (const path of files.paths) {
        const isIn = list === undefined ? `/${path}`.includes(`/${folder}`) : ends.has(path);
        // one folder may stand for two parts; the first has it
        if (isIn && !found.has(path)) found.set(path, split);
      }
    }
  }
  return found;
}

function readLines(bytes: Buffer): string[][] {
  return bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')
    .map((line) => line.split(/\s+/));
}

function regionOf(
  [number = '', ...rest]: string[],
  nameOf: (number: string) => string,
  { width, height }: Size,
): Region {
  const classCode = nameOf(number);
  const values = rest.map((value) => numberOf(value, `a number of class ${classCode}`));
  const [x = 0, y = 0, w = 0, h = 0] = values;
  if (values.length === 4) {
    const box = { x: (x - w / 2) * width, y: (y - h / 2) * height, width: w * width, height: h * height };
    return fitRegion({ kind: 'box', classCode, ...box }, { width, height });
  }
  if (values.length < 6 || values.length % 2 === 1) {
    throw new SetFault(`a line has ${values.length} numbers: give four for a box, or the points of a segment`);
  }
  const ring = values.map((value, at) => value * (at % 2 === 0 ? width : height));
  return fitRegion({ kind: 'polygon', classCode, rings: [ring] }, { width, height });
}

function numbersOf(region: Region, item: ExportItem, lose: (item: ExportItem, reason: string) => void): string {
  const scale = (value: number, at: number) =>
    String(Number((value / (at % 2 === 0 ? item.width : item.height)).toFixed(9)));
  if (region.kind !== 'box') {
    const ring = joinRings(ringsOf(region, item));
    if (ring.length / 2 <= MAX_RING_POINTS) return ring.map(scale).join(' ');
    lose(item, `an outline of ${ring.length / 2} points becomes its box`);
  }
  const { x, y, width, height } = boundsOf(region);
  return [x + width / 2, y + height / 2, width, height].map(scale).join(' ');
}

function dataYaml(items: readonly ExportItem[], classes: readonly string[]): string {
  const has = (split: ExportItem['split']) => items.some((item) => item.split === split);
  const lines = ['path: .', 'train: images/train', `val: images/${has('validation') ? 'val' : 'train'}`];
  if (has('golden')) lines.push('test: images/test');
  return `${[...lines, 'names:', ...classes.map((name, at) => `  ${at}: ${JSON.stringify(name)}`)].join('\n')}\n`;
}
