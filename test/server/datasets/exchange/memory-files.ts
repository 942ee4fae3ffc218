/** A set in memory: its files by path. */

import { yamlLimitsOf } from '../../../../server/kit/yaml-limits.ts';
import {
  type ExportItem,
  type Format,
  SetFault,
  type SetFiles,
} from '../../../../server/modules/datasets/exchange/formats/format.ts';

export function memoryFiles(contents: Record<string, string | Buffer>): SetFiles {
  return {
    paths: Object.keys(contents),
    yamlLimits: yamlLimitsOf({ yamlDepth: 20, yamlTokens: 100_000 }, 1_000_000, 'LEHR_LIMIT_IMPORT_LABEL_BYTES'),
    async read(path) {
      const found = contents[path];
      if (found === undefined) throw new SetFault(`${path} is not there`);
      return Buffer.from(found as string);
    },
  };
}

export async function writeInMemory(format: Format, items: readonly ExportItem[]) {
  const lost: [string, string][] = [];
  const written = format.write(items, (item, reason) => lost.push([item.name, reason]));
  const contents: Record<string, string | Buffer> = {};
  for (const file of written.files) {
    if ('text' in file) contents[file.path] = [...file.text()].join('');
    else contents[file.path] = 'bytes' in file ? await file.bytes() : '';
  }
  return { written, lost, contents, files: memoryFiles(contents) };
}
