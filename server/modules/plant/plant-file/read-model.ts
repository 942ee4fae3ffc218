/** Reads a plant model file. Everything that is wrong is said at once, with line, column, field, value and remedy. Bounded: what takes long, it does in a thread. */
import type { z } from 'zod';
import { readYaml, type YamlLimits } from '#schema/read-yaml.ts';
import { InvalidInputError } from '../../../kit/errors.ts';
import { checkShift, type ShiftFields } from '../shifts/check-shift.ts';
import { compareShifts } from '../shifts/find-overlaps.ts';
import { tooLongToCompare } from '../shifts/shifts.service.ts';
import { type ModelPart, partKey, partsOfModel, shiftColumns, type YamlPath } from './model-parts.ts';
import { type PlantModel, PlantModelSchema } from './model-schema.ts';

export interface ModelProblem {
  line: number;
  column: number;
  /** Such as `areas[0].lines[1].code`. */
  field: string;
  value: string | null;
  remedy: string;
}

/** Puts a path of the file to its place. */
export type Locate = (path: YamlPath, value: unknown, remedy: string) => ModelProblem;

export type ReadModel =
  | { model: PlantModel; parts: ModelPart[]; locate: Locate; problems?: undefined }
  | { problems: ModelProblem[] };

export interface ModelLimits {
  yaml: YamlLimits;
  shifts: number;
  shiftCheckMs: number;
  parts: number;
}

/** A person repairs these first. */
const mostProblems = 100;

export async function readPlantModel(yaml: string, limits: ModelLimits, now: Date): Promise<ReadModel> {
  const file = readYaml(yaml, limits.yaml);
  const unreadable = file.problems ?? file.warnings;
  if (file.problems || unreadable.length > 0)
    return { problems: unreadable.map((problem) => ({ ...problem, field: 'the file' })) };

  const source = file.value;
  const locate: Locate = (path, value, remedy) => ({
    ...file.placeOf(path),
    field: fieldName(path),
    value: shown(value),
    remedy,
  });
  const parsed = PlantModelSchema.safeParse(source);
  if (!parsed.success) {
    const problems = parsed.error.issues.flatMap((issue) => issueProblems(issue, source, locate));
    return { problems: firstOf(problems) };
  }
  const parts = partsOfModel(parsed.data);
  if (parts.length > limits.parts)
    return { problems: [locate([], `${parts.length} parts`, `give at most ${limits.parts} parts`)] };
  const shifts = parsed.data.shifts?.length ?? 0;
  // each is compared with all others, day by day
  if (shifts > limits.shifts)
    return {
      problems: [locate(['shifts'], `${shifts} shifts`, `a plant has at most ${limits.shifts} (LEHR_LIMIT_SHIFTS)`)],
    };
  const wrong = await wrongShifts(parsed.data, locate, now, limits.shiftCheckMs);
  const problems = [...doubled(parts, locate), ...dangling(parts, locate), ...wrong];
  if (problems.length > 0) return { problems: firstOf(problems) };
  return { model: parsed.data, parts, locate };
}

function issueProblems(issue: z.core.$ZodIssue, source: unknown, locate: Locate): ModelProblem[] {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  if (issue.code !== 'unrecognized_keys') return [locate(path, valueAt(source, path), issue.message)];
  return issue.keys.map((key) =>
    locate([...path, key], valueAt(source, [...path, key]), 'there is no such field: remove it or correct its name'),
  );
}

function doubled(parts: readonly ModelPart[], locate: Locate): ModelProblem[] {
  const seen = new Set<string>();
  return parts.flatMap(({ key, code, path }) => {
    if (!seen.has(key)) {
      seen.add(key);
      return [];
    }
    return [locate([...path, 'code'], code, 'give each code once; lines are named once in the whole plant')];
  });
}

function dangling(parts: readonly ModelPart[], locate: Locate): ModelProblem[] {
  const keys = new Set(parts.map(({ key }) => key));
  return parts.flatMap(({ path, parents: { edge_node_id: node } }) => {
    if (!node || keys.has(node)) return [];
    const [, code] = JSON.parse(node) as string[];
    return [locate([...path, 'edgeNode'], code, 'name one of edgeNodes of this file, or list it there')];
  });
}

const shiftFields: ShiftFields = {
  starts_at: 'startsAt',
  duration_min: 'durationMin',
  recurrence: 'recurrence',
  valid_from: 'validFrom',
  valid_to: 'validTo',
  except_dates: 'exceptDates',
  extra_dates: 'extraDates',
};

async function wrongShifts(
  { plant, shifts = [] }: PlantModel,
  locate: Locate,
  now: Date,
  limitMs: number,
): Promise<ModelProblem[]> {
  const patterns = shifts.map((shift) => ({
    id: partKey('shift', [shift.code]),
    retired_at: null,
    ...shiftColumns(shift),
  }));
  const problems = patterns.flatMap((pattern, at) => {
    try {
      checkShift(pattern, shiftFields);
      return [];
    } catch (error) {
      if (!(error instanceof InvalidInputError)) throw error;
      return [locate(['shifts', at, error.field], error.value, error.remedy)];
    }
  });
  if (problems.length > 0) return problems;
  const overlaps = await compareShifts({ asked: patterns, others: [], timeZone: plant.timeZone, now }, limitMs);
  if (overlaps === 'too-long') return [locate(['shifts'], `${shifts.length} shifts`, tooLongToCompare(limitMs))];
  return patterns.flatMap((pattern, at) => {
    const overlap = overlaps[at];
    if (!overlap) return [];
    const [, other] = JSON.parse(overlap.otherId) as string[];
    const remedy = `it would run at the same time as the shift ${other} at ${overlap.at.toISOString()}: change its start, duration or days`;
    return [locate(['shifts', at, 'startsAt'], pattern.starts_at, remedy)];
  });
}

function firstOf(problems: readonly ModelProblem[]): ModelProblem[] {
  const sorted = problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
  return sorted.slice(0, mostProblems);
}

function valueAt(source: unknown, path: YamlPath): unknown {
  return path.reduce<unknown>(
    (value, part) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, part)
        ? (value as Record<string, unknown>)[part]
        : undefined,
    source,
  );
}

export function fieldName(path: YamlPath): string {
  if (path.length === 0) return 'the file';
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('')
    .slice(0, 200);
}

const longestShown = 200;

function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const whole = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return whole.length > longestShown ? `${whole.slice(0, longestShown)}…` : whole;
}
