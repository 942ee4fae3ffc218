/** The quality of what a job made: counts, how sure its reject rate is, and which classes of defect weigh most (Pareto). */
import { wilsonInterval } from '../../../maths/wilson-interval.ts';

/** Counts of one defect class (null: no defect was named) and model version. */
export interface QualityCount {
  defect_class: string | null;
  model_version_id: string;
  pass: number;
  reject: number;
  uncertain: number;
  first_minute: Date;
  last_minute: Date;
}

export interface ClassRejects {
  defectClass: string | null;
  count: number;
  /** Of all rejects. */
  share: number;
  /** Of this class and the greater ones together. */
  cumulativeShare: number;
}

export interface ModelUse {
  modelVersionId: string;
  total: number;
  reject: number;
  /** Begin of the first and of the last minute with a part that it judged. */
  firstMinute: Date;
  lastMinute: Date;
}

export interface JobQuality {
  total: number;
  pass: number;
  reject: number;
  uncertain: number;
  /** null when nothing was inspected; low and high are Wilson's 95 % score interval. */
  rejectRate: number | null;
  rejectRateLow: number | null;
  rejectRateHigh: number | null;
  /** Most rejects first; at most `PARETO_CLASSES`. */
  rejectsByClass: ClassRejects[];
  /** Rejects of the classes beyond those. */
  otherRejects: number;
  /** In the order in which they came into use. */
  models: ModelUse[];
}

/** A Pareto chart beyond this tells nothing, and nodes are free to invent names of classes. */
export const PARETO_CLASSES = 50;

export function jobQuality(counts: readonly QualityCount[]): JobQuality {
  const sum = (key: 'pass' | 'reject' | 'uncertain') => counts.reduce((total, count) => total + count[key], 0);
  const [pass, reject, uncertain] = [sum('pass'), sum('reject'), sum('uncertain')];
  const total = pass + reject + uncertain;
  const interval = wilsonInterval(reject, total);
  const classes = rejectClasses(counts, reject);
  const shown = classes.slice(0, PARETO_CLASSES);
  return {
    total,
    pass,
    reject,
    uncertain,
    rejectRate: interval?.rate ?? null,
    rejectRateLow: interval?.low ?? null,
    rejectRateHigh: interval?.high ?? null,
    rejectsByClass: shown,
    otherRejects: reject - shown.reduce((sum, each) => sum + each.count, 0),
    models: modelUses(counts),
  };
}

function rejectClasses(counts: readonly QualityCount[], rejects: number): ClassRejects[] {
  const byClass = new Map<string | null, number>();
  for (const { defect_class, reject } of counts)
    if (reject > 0) byClass.set(defect_class, (byClass.get(defect_class) ?? 0) + reject);
  let before = 0;
  return [...byClass]
    .sort(([a, m], [b, n]) => n - m || ((a ?? '') < (b ?? '') ? -1 : 1))
    .map(([defectClass, count]) => {
      before += count;
      return { defectClass, count, share: count / rejects, cumulativeShare: before / rejects };
    });
}

function modelUses(counts: readonly QualityCount[]): ModelUse[] {
  const uses = new Map<string, ModelUse>();
  for (const { model_version_id: modelVersionId, pass, reject, uncertain, first_minute, last_minute } of counts) {
    const use = uses.get(modelVersionId) ?? {
      modelVersionId,
      total: 0,
      reject: 0,
      firstMinute: first_minute,
      lastMinute: last_minute,
    };
    uses.set(modelVersionId, {
      modelVersionId,
      total: use.total + pass + reject + uncertain,
      reject: use.reject + reject,
      firstMinute: earliest(first_minute, use.firstMinute),
      lastMinute: latest(last_minute, use.lastMinute),
    });
  }
  return [...uses.values()].sort(
    (a, b) => a.firstMinute.getTime() - b.firstMinute.getTime() || (a.modelVersionId < b.modelVersionId ? -1 : 1),
  );
}

function earliest(a: Date, b: Date): Date {
  return new Date(Math.min(a.getTime(), b.getTime()));
}

function latest(a: Date, b: Date): Date {
  return new Date(Math.max(a.getTime(), b.getTime()));
}
