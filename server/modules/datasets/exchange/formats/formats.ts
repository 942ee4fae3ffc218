/** Every layout, in the order in which a set is held against them: those that say what they are before those that are only folders. */
import { classFolders } from './class-folders.ts';
import { coco } from './coco.ts';
import { cvat } from './cvat.ts';
import type { Format, FormatName, SetFiles } from './format.ts';
import { labelStudio } from './label-studio.ts';
import { mvtec } from './mvtec.ts';
import { voc } from './voc.ts';
import { yolo } from './yolo.ts';

const all: readonly Format[] = [cvat, voc, coco, labelStudio, yolo, mvtec, classFolders];

export function formatNamed(name: FormatName): Format {
  const found = all.find((format) => format.name === name);
  if (!found) throw new Error(`There is no format ${name}`);
  return found;
}

/** The first layout that knows the set; undefined when none does. */
export async function detectFormat(files: SetFiles): Promise<Format | undefined> {
  for (const format of all) if (await format.detect(files)) return format;
  return undefined;
}
