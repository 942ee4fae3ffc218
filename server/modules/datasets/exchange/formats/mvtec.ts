/** The layout of MVTec AD: train/good, test/CLASS, ground_truth/CLASS/NAME_mask.png, below one folder a product or none. */
import type { ExportItem, Format, OutFile, SourceImage } from './format.ts';
import { readMaskImage, writeMaskImage } from './mask-image.ts';
import { unionOf } from './region-shapes.ts';
import { isImageName, stemOf } from './set-paths.ts';

const picture = /^((?:.*\/)?)(train|test)\/([^/]+)\/([^/]+)$/;
const mask = /^((?:.*\/)?)ground_truth\/([^/]+)\/([^/]+)$/;

export const mvtec: Format = {
  name: 'mvtec',
  async detect({ paths }) {
    const found = paths.filter(isImageName).map((path) => picture.exec(path));
    const folders = new Set(found.map((parts) => parts?.slice(2, 4).join('/')));
    if (!folders.has('train/good')) return false;
    // with other classes to train on it is only folders, unless masks lie beside
    return (
      paths.some((path) => mask.test(path)) || found.every((parts) => parts?.[2] === 'test' || parts?.[3] === 'good')
    );
  },
  async read(files) {
    const masks = new Map<string, string>();
    for (const path of files.paths) {
      const [, prefix, className] = mask.exec(path) ?? [];
      if (className !== undefined) masks.set(`${prefix}${className}/${stemOf(path).replace(/_mask$/, '')}`, path);
    }
    const images = files.paths.flatMap((path): SourceImage[] => {
      const [, prefix = '', split, className] = picture.exec(path) ?? [];
      if (split === undefined || className === undefined || !isImageName(path)) return [];
      return [
        {
          path,
          split: split === 'train' ? 'train' : 'test',
          classNames: async () => [className],
          async annotate(size) {
            const found = masks.get(`${prefix}${className}/${stemOf(path)}`);
            if (className === 'good' || found === undefined) return { label: className, regions: [] };
            const region = await readMaskImage(await files.read(found), className, size);
            return { label: className, regions: region ? [region] : [] };
          },
        },
      ];
    });
    const named = new Set(images.map(({ path }) => path));
    const refused = files.paths
      .filter((path) => isImageName(path) && !named.has(path) && !mask.test(path))
      .map((path) => ({
        path,
        reason: 'lies neither in train/CLASS nor in test/CLASS nor in ground_truth/CLASS: move it',
      }));
    return { images, refused };
  },
  write(items, lose) {
    const imagePath = (item: ExportItem) =>
      `${item.split === 'train' ? 'train' : 'test'}/${item.label}/${item.name}.${item.extension}`;
    function* files(): Generator<OutFile> {
      for (const item of items) {
        yield { path: imagePath(item), image: item };
        if (item.regions.length === 0) continue;
        if (item.label === 'good') {
          lose(item, 'regions of a good image have no place in MVTec AD');
          continue;
        }
        const classes = new Set(item.regions.map(({ classCode }) => classCode));
        if (item.regions.length > 1) lose(item, `${item.regions.length} regions become one mask`);
        if (classes.size > 1 || !classes.has(item.label)) {
          lose(item, 'one mask an image: the classes of its regions become that of the image');
        }
        if (item.regions.some(({ kind }) => kind !== 'mask')) lose(item, 'boxes and polygons become masks');
        const bytes = () => writeMaskImage(unionOf(item.regions, item), item);
        yield { path: `ground_truth/${item.label}/${item.name}_mask.png`, bytes };
      }
    }
    return {
      files: files(),
      imagePath,
      holdsLabel: () => true,
      holdsSplit: (item) => item.split !== 'validation',
    };
  },
};
