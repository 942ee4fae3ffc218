/** Every kind of background work. */
import type { AnyJobKind } from '../kit/define-job.ts';
import { importCleanUpJob, importJob } from '../modules/datasets/exchange/imports.jobs.ts';
import { setExportCleanUpJob, setExportJob } from '../modules/datasets/exchange/set-exports.jobs.ts';
import { datasetCheckJob } from '../modules/datasets/versions/datasets.jobs.ts';
import { judgeLabelsDueJob, judgeLabelsJob, poolMapJob } from '../modules/images/data-quality/data-quality.jobs.ts';
import { poolContextJob } from '../modules/images/pool/pool.jobs.ts';
import { retentionJob } from '../modules/images/retention/retention.jobs.ts';
import { poolMeasureJob } from '../modules/images/similarity/similarity.jobs.ts';
import { reviewWeighJob } from '../modules/labelling/review/review.jobs.ts';
import { alarmEvaluationJob } from '../modules/line/alarms/alarms.jobs.ts';
import { partitionsAheadJob } from '../modules/line/inspections/inspections.jobs.ts';
import { jobRecountsJob } from '../modules/line/production-runs/production-runs.jobs.ts';
import { exportCleanUpJob, exportJob } from '../modules/line/result-exports/result-exports.jobs.ts';
import { rollUpJob } from '../modules/line/statistics/statistics.jobs.ts';
import { sessionCleanUpJob } from '../modules/people/access/access.jobs.ts';
import '../wiring.ts';
import { trainingJob } from '../modules/models/trainer/training.jobs.ts';

export const jobKinds: readonly AnyJobKind[] = [
  trainingJob,
  datasetCheckJob,
  partitionsAheadJob,
  jobRecountsJob,
  alarmEvaluationJob,
  rollUpJob,
  poolContextJob,
  retentionJob,
  poolMeasureJob,
  exportJob,
  exportCleanUpJob,
  importJob,
  importCleanUpJob,
  setExportJob,
  setExportCleanUpJob,
  sessionCleanUpJob,
  reviewWeighJob,
  judgeLabelsJob,
  judgeLabelsDueJob,
  poolMapJob,
];
