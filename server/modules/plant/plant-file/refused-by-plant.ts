/** Why a file that is right in itself cannot be taken by the plant as it is. */
import type { Context } from '../../../kit/context.ts';
import type { ShiftRow } from '../parts/shifts.table.ts';
import { compareShifts } from '../shifts/find-overlaps.ts';
import { tooLongToCompare } from '../shifts/shifts.service.ts';
import type { ImportPlan, KnownPart } from './plan-import.ts';
import type { ModelProblem, ReadModel } from './read-model.ts';

export async function refusedByPlant(
  { model, parts, locate }: Extract<ReadModel, { problems?: undefined }>,
  plan: ImportPlan,
  known: readonly KnownPart[],
  { config, now, rights }: Pick<Context, 'config' | 'now' | 'rights'>,
): Promise<ModelProblem[]> {
  const problems: ModelProblem[] = [];
  const retired = new Set(plan.changes.flatMap(({ action, key }) => (action === 'retired' ? [key] : [])));

  if (known.some(({ table, isRetired }) => table === 'plant' && isRetired) && !rights.isAdministrator)
    problems.push(locate(['plant', 'code'], model.plant.code, 'the plant is retired: have it reinstated first'));

  for (const { part, parentKey } of plan.stranded) {
    const node = (JSON.parse(parentKey) as string[]).slice(1).join('/');
    const remedy = `list ${node}, which ${part.table} ${part.code} needs, or name that ${part.table} in the file, too`;
    problems.push(locate([part.table === 'station' ? 'edgeNodes' : 'areas'], node, remedy));
  }

  const named = new Set(parts.map(({ key }) => key));
  const staying = known.filter(
    ({ table, key, isRetired }) => table === 'shift' && !isRetired && !named.has(key) && !retired.has(key),
  );
  const shifts = parts.filter(({ table }) => table === 'shift');
  const count = staying.length + shifts.length;
  if (count > config.limits.shifts)
    problems.push(locate(['shifts'], `${count} shifts`, `a plant has at most ${config.limits.shifts}`));
  else {
    const others = staying.map(({ values }) => values as unknown as ShiftRow);
    const asked = shifts.map(({ key, columns }) => ({ id: key, retired_at: null, ...columns }) as unknown as ShiftRow);
    // With one another they were compared when the file was read; here a doubled look costs less than a second rule.
    const question = { asked, others, timeZone: model.plant.timeZone, now: now() };
    const overlaps = others.length === 0 ? [] : await compareShifts(question, config.limits.shiftCheckMs);
    if (overlaps === 'too-long')
      problems.push(locate(['shifts'], `${count} shifts`, tooLongToCompare(config.limits.shiftCheckMs)));
    else
      for (const [index, { path, columns }] of shifts.entries()) {
        const overlap = overlaps[index];
        if (!overlap) continue;
        const other = others.find(({ id }) => id === overlap.otherId)?.code ?? '';
        const remedy = `it would run at the same time as the shift ${other} of the plant: list that one, too, or change this one`;
        problems.push(locate([...path, 'startsAt'], (columns as unknown as ShiftRow).starts_at, remedy));
      }
  }
  return problems;
}
