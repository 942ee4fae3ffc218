/** The manifest beside an exported set: one row an item, with what no layout has a place for. */
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { WrittenItem } from './write-set-job.ts';

/** Rows of a group: what is in memory at once. */
const GROUP = 5000;

type Cell = string | number | Date | null;
interface Column {
  name: string;
  kind: 'text' | 'json' | 'real' | 'time' | 'integer';
  cell(item: WrittenItem, path: string): Cell;
}

const columns: readonly Column[] = [
  { name: 'path', kind: 'text', cell: (_item, path) => path },
  { name: 'sha256', kind: 'text', cell: ({ sha256 }) => sha256 },
  { name: 'width', kind: 'integer', cell: ({ width }) => width },
  { name: 'height', kind: 'integer', cell: ({ height }) => height },
  { name: 'label', kind: 'text', cell: ({ label }) => label },
  { name: 'split', kind: 'text', cell: ({ split }) => split },
  { name: 'regions', kind: 'json', cell: ({ regions }) => JSON.stringify(regions) },
  { name: 'rule', kind: 'text', cell: ({ decision }) => decision.rule },
  { name: 'decided_at', kind: 'time', cell: ({ decision }) => new Date(decision.decidedAt) },
  { name: 'decided_by', kind: 'json', cell: ({ decision }) => JSON.stringify(decision.persons) },
  { name: 'source_path', kind: 'text', cell: ({ context }) => context.sourcePath },
  {
    name: 'captured_at',
    kind: 'time',
    cell: ({ context }) => (context.capturedAt ? new Date(context.capturedAt) : null),
  },
  { name: 'line', kind: 'text', cell: ({ context }) => context.line },
  { name: 'station', kind: 'text', cell: ({ context }) => context.station },
  { name: 'camera', kind: 'text', cell: ({ context }) => context.camera },
  { name: 'product', kind: 'text', cell: ({ context }) => context.product },
  { name: 'recipe', kind: 'text', cell: ({ context }) => context.recipe },
  { name: 'batch', kind: 'text', cell: ({ context }) => context.batch },
  { name: 'verdict', kind: 'text', cell: ({ context }) => context.verdict },
  { name: 'score', kind: 'real', cell: ({ context }) => context.score },
  { name: 'keep_probability', kind: 'real', cell: ({ context }) => context.keepProbability },
];

const types = {
  text: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  json: { type: 'BYTE_ARRAY', converted_type: 'UTF8' },
  real: { type: 'DOUBLE' },
  integer: { type: 'INT32' },
  time: { type: 'INT64', converted_type: 'TIMESTAMP_MILLIS' },
} as const;

/** The file in pieces. */
export async function* manifestParts(
  items: readonly WrittenItem[],
  pathOf: (item: WrittenItem) => string,
): AsyncGenerator<Buffer> {
  const bytes = new ByteWriter();
  const writer = new ParquetWriter({
    writer: bytes,
    schema: [
      { name: 'root', num_children: columns.length },
      ...columns.map(({ name, kind }) => ({ name, ...types[kind], repetition_type: 'OPTIONAL' as const })),
    ],
  });
  const flush = () => {
    const part = Buffer.from(bytes.buffer.slice(0, bytes.index));
    bytes.index = 0;
    return part;
  };
  for (let at = 0; at < items.length; at += GROUP) {
    const group = items.slice(at, at + GROUP);
    const columnData = columns.map(({ name, cell }) => ({ name, data: group.map((item) => cell(item, pathOf(item))) }));
    await writer.write({ columnData, rowGroupSize: group.length });
    yield flush();
  }
  await writer.finish();
  yield flush();
}
