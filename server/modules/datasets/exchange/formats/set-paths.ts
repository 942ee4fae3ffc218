/** Names inside a set: which part a folder means, which file a label file names. */
import { type ExportItem, SetFault, type SetFiles, type SourceSplit } from './format.ts';

const imageName = /\.(png|jpe?g|webp|bmp|tiff?|gif)$/i;
const splitNames: Readonly<Record<string, SourceSplit>> = {
  train: 'train',
  training: 'train',
  val: 'validation',
  valid: 'validation',
  validation: 'validation',
  test: 'test',
  testing: 'test',
  golden: 'test',
};

export function isImageName(path: string): boolean {
  return imageName.test(path);
}

/** The split that a word stands for, whatever its case. */
export function splitOf(word: string | undefined): SourceSplit | null {
  const name = (word ?? '').toLowerCase();
  return Object.hasOwn(splitNames, name) ? (splitNames[name] ?? null) : null;
}

/** The split that one of the path's folders names, the innermost first. */
export function splitOfFolders(path: string): SourceSplit | null {
  const found = path
    .split('/')
    .slice(0, -1)
    .reverse()
    .map(splitOf)
    .find((split) => split !== null);
  return found ?? null;
}

/** What the layouts call a split of ours. */
export function splitWord(split: 'train' | 'validation' | 'golden', words: { validation: string }): string {
  return split === 'train' ? 'train' : split === 'golden' ? 'test' : words.validation;
}

/** Where a layout that leaves it to the writer keeps an image. */
export function imagePath({ split, name, extension }: Pick<ExportItem, 'split' | 'name' | 'extension'>): string {
  return `images/${splitWord(split, { validation: 'val' })}/${name}.${extension}`;
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}

export function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/') + 1);
}

/** The file's name without folders and extension. */
export function stemOf(path: string): string {
  return baseName(path).replace(/\.[^.]*$/, '');
}

/** Finds the image that a label file names, wherever tools like to put it. */
export function createImageFinder(files: SetFiles): (named: string, from: string) => string {
  const paths = new Set(files.paths);
  const byBase = new Map<string, string[]>();
  const byStem = new Map<string, string[]>();
  const add = (map: Map<string, string[]>, key: string, path: string) => {
    const known = map.get(key);
    if (known) known.push(path);
    else map.set(key, [path]);
  };
  for (const path of files.paths.filter(isImageName)) {
    add(byBase, baseName(path), path);
    add(byStem, stemOf(path), path);
  }
  return (named, from) => {
    const name = named
      .replaceAll('\\', '/')
      .replace(/^(\.\/)+/, '')
      .normalize('NFC');
    const folder = folderOf(from);
    const exact = [`${folder}${name}`, name, `${folder}images/${name}`, `images/${name}`].find((path) =>
      paths.has(path),
    );
    if (exact !== undefined) return exact;
    const ending = (byBase.get(baseName(name)) ?? []).filter((path) => path === name || path.endsWith(`/${name}`));
    const candidates = [ending, byBase.get(baseName(name)) ?? [], byStem.get(stemOf(name)) ?? []];
    const found = candidates.find((each) => each.length > 0) ?? [];
    if (found.length > 1) {
      throw new SetFault(`${found.length} images have the name ${baseName(name)}: name it with its folders`);
    }
    const [only] = found;
    if (only === undefined) throw new SetFault('the image is not in the set: add it, or take its labels out');
    return only;
  };
}
