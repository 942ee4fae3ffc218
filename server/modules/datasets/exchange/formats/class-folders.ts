/** One folder a class, below one folder a split or none: CLASS/NAME.png, train/CLASS/NAME.png. */
import type { ExportItem, Format, OutFile, Refused, SourceImage } from './format.ts';
import { isImageName, splitOfFolders, splitWord } from './set-paths.ts';

export const classFolders: Format = {
  name: 'folders',
  async detect({ paths }) {
    return paths.some((path) => isImageName(path) && path.includes('/'));
  },
  async read({ paths }) {
    const refused: Refused[] = [];
    const images = paths.filter(isImageName).flatMap((path): SourceImage[] => {
      const className = path.split('/').at(-2);
      if (className === undefined) {
        refused.push({ path, reason: 'lies in no folder that would name its class: move it into one' });
        return [];
      }
      const split = splitOfFolders(path.split('/').slice(0, -1).join('/'));
      const label = { label: className, regions: [] };
      return [{ path, split, classNames: async () => [className], annotate: async () => label }];
    });
    return { images, refused };
  },
  write(items, lose) {
    const imagePath = ({ split, label, name, extension }: ExportItem) =>
      `${splitWord(split, { validation: 'val' })}/${label}/${name}.${extension}`;
    function* files(): Generator<OutFile> {
      for (const item of items) {
        if (item.regions.length > 0) lose(item, 'folders have no place for regions');
        yield { path: imagePath(item), image: item };
      }
    }
    return { files: files(), imagePath, holdsLabel: () => true, holdsSplit: () => true };
  },
};
