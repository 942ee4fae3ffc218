/** Where the parts of jobs have gone, as the edge nodes counted. */
import type { Db } from '../../../database/database.ts';
import type { Context } from '../../../kit/context.ts';
import { selectNewestPartCounts, selectPartCountsOfJobs } from './part-counts.queries.ts';
import type { PartCountRow } from './part-counts.table.ts';
import { addParts, missingParts, noParts, type PartSums } from './part-sums.ts';

/** What identifies the counts of a job: nodes know it by its code. */
export interface CountedJob {
  line_id: string;
  code: string;
}

export interface JobPartCounts extends PartSums {
  /** Of the sums; 0 unless a count is wrong. */
  difference: number;
  /** A station that began to count anew, for instance after its node's restart, has several. */
  stations: PartCountRow[];
}

/** In the order of the jobs; null where no node has counted. */
export async function countParts(db: Db, jobs: readonly CountedJob[]): Promise<(JobPartCounts | null)[]> {
  const name = (lineId: string, code: string | null) => `${lineId} ${code}`;
  const rows = Map.groupBy(await selectPartCountsOfJobs(db, jobs), (row) => name(row.line_id, row.job_code));
  return jobs.map((job) => {
    const stations = rows.get(name(job.line_id, job.code));
    if (!stations) return null;
    const sums = stations.map(sumsOf).reduce(addParts, noParts);
    return { ...sums, difference: missingParts(sums), stations };
  });
}

/** One statement for all jobs that an execution asks about. */
export function loadJobPartCounts(context: Context, job: CountedJob): Promise<JobPartCounts | null> {
  const loader = context.loader<CountedJob, JobPartCounts | null>('part counts of jobs', (jobs) =>
    countParts(context.db, jobs),
  );
  return loader.load(job);
}

/** The newest count of the station, or null. */
export function loadStationPartCounts(context: Context, stationId: string): Promise<PartCountRow | null> {
  const loader = context.loader<string, PartCountRow | null>('part counts of stations', async (ids) => {
    const rows = new Map((await selectNewestPartCounts(context.db, ids)).map((row) => [row.station_id, row]));
    return ids.map((id) => rows.get(id) ?? null);
  });
  return loader.load(stationId);
}

function sumsOf({ in_transit, ...row }: PartCountRow): PartSums {
  const { triggered, accepted, rejected, bypassed, unseen, unknown } = row;
  return { triggered, accepted, rejected, bypassed, unseen, unknown, inTransit: in_transit };
}
