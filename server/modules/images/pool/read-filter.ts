/** Reads a filter of the pool as the API has coerced it. Throws `InvalidInputError` that names the member. */
import { askedWords, factors } from '#schema/production-context.ts';
import type { Config } from '../../../config.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { keyOf } from '../../../kit/global-id.ts';
import { recordOf } from '../../../kit/record-of.ts';
import { namesOf, RANGES, SCORES, TIMES } from './pool-fields.ts';
import type { PoolFilterInput } from './pool-filter.ref.ts';
import type { PoolLists, PoolSelection } from './pool-selection.ts';

const ID_LISTS = {
  lineId: ['line_id', 'Line'],
  stationId: ['station_id', 'Station'],
  cameraId: ['camera_id', 'Camera'],
  jobId: ['job_id', 'Job'],
  productId: ['product_id', 'Product'],
  recipeId: ['recipe_id', 'Recipe'],
  batchId: ['batch_id', 'MaterialBatch'],
  modelVersionId: ['model_version_id', 'ModelVersion'],
} as const;

const WORD_LISTS = {
  origin: 'origin',
  importId: 'import_id',
  partId: 'part_id',
  verdict: 'verdict',
  defectClass: 'defect_class',
  ...recordOf(askedWords, (name) => factors[name].column),
  captureReason: 'capture_reason',
  labelState: 'label_state',
  label: 'label',
} as const;

const FLAGS = {
  isBlurred: 'blurred',
  isDark: 'dark',
  isBright: 'bright',
  isLowInformation: 'lowInformation',
  isOutlier: 'outlier',
  isLabelError: 'labelError',
  isLeak: 'leak',
} as const;

const PRESENCE = ['hasExactDuplicates', 'hasNearDuplicates', 'isMeasured', 'hasMeasureError'] as const;

/** `field` is where the filter stands in the arguments. */
export function readPoolFilter(
  { limits, flags }: Pick<Config, 'limits' | 'flags'>,
  filter: PoolFilterInput | null | undefined,
  field = 'filter',
): PoolSelection {
  const selection: PoolSelection = {
    lists: readLists(filter ?? {}, limits.poolIds, field),
    ranges: {},
    times: {},
    flags: [],
  };
  if (!filter) return selection;
  if (filter.imageSha256s)
    selection.imageSha256s = bounded(filter.imageSha256s, limits.poolIds, `${field}.imageSha256s`);
  for (const name of namesOf(RANGES)) {
    const { min = null, max = null } = filter[name] ?? {};
    if (min !== null || max !== null) selection.ranges[name] = { min, max };
  }
  for (const name of namesOf(TIMES)) {
    const { from = null, to = null } = filter[name] ?? {};
    if (from !== null || to !== null) selection.times[name] = { min: from, max: to };
  }
  for (const name of namesOf(FLAGS)) {
    const is = filter[name];
    const score = FLAGS[name];
    if (typeof is === 'boolean') selection.flags.push({ column: SCORES[score].column, below: flags[score], is });
  }
  for (const name of PRESENCE) {
    const is = filter[name];
    if (typeof is === 'boolean') selection[name] = is;
  }
  if (filter.exactGroup) selection.exactGroup = filter.exactGroup;
  if (filter.nearGroup) selection.nearGroup = filter.nearGroup;
  if (filter.sourcePath) selection.sourcePath = words(filter.sourcePath, `${field}.sourcePath`);
  if (filter.tags) {
    const { any, all, none } = filter.tags;
    const tags = (given: readonly string[] | null | undefined, member: string) =>
      bounded(given ?? [], limits.poolTags, `${field}.tags.${member}`).map((tag, index) =>
        plain(tag, `${field}.tags.${member}[${index}]`),
      );
    selection.tags = { any: any ? tags(any, 'any') : null, all: tags(all, 'all'), none: tags(none, 'none') };
  }
  if (filter.lasso) selection.lasso = corners(filter.lasso, limits.poolLassoPoints, `${field}.lasso`);
  for (const name of ['datasetVersionId', 'notInDatasetVersionId'] as const) {
    const id = filter[name];
    if (id) selection[name] = keyOf('DatasetVersion', id, `${field}.${name}`);
  }
  return selection;
}

function readLists(filter: PoolFilterInput, most: number, field: string): PoolLists {
  const lists: Record<string, readonly string[]> = {};
  for (const name of namesOf(ID_LISTS)) {
    const [column, typeName] = ID_LISTS[name];
    const ids = filter[name];
    if (ids)
      lists[column] = bounded(ids, most, `${field}.${name}`).map((id, index) =>
        keyOf(typeName, id, `${field}.${name}[${index}]`),
      );
  }
  for (const name of namesOf(WORD_LISTS)) {
    const values = filter[name];
    if (values)
      lists[WORD_LISTS[name]] = bounded<string>(values, most, `${field}.${name}`).map((value, index) =>
        plain(value, `${field}.${name}[${index}]`),
      );
  }
  return lists as PoolLists;
}

function bounded<T>(values: readonly T[], most: number, field: string): readonly T[] {
  if (values.length <= most) return values;
  throw new InvalidInputError(field, `${values.length} values`, `give at most ${most}`);
}

/** Text that PostgreSQL can hold. */
function plain(text: string, field: string): string {
  if (text.includes('\u0000')) throw new InvalidInputError(field, null, 'leave out U+0000');
  return text;
}

function words(text: string, field: string): string[] {
  const found =
    text
      .slice(0, 1000)
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? [];
  if (found.length === 0) throw new InvalidInputError(field, text, 'give at least one letter or digit');
  return found.slice(0, 20);
}

function corners(lasso: readonly number[], most: number, field: string): readonly number[] {
  if (lasso.length % 2 !== 0 || lasso.length < 6)
    throw new InvalidInputError(field, `${lasso.length} numbers`, 'give x1, y1, x2, y2 … of at least three corners');
  if (lasso.length / 2 > most)
    throw new InvalidInputError(field, `${lasso.length / 2} corners`, `give at most ${most}`);
  return lasso;
}
