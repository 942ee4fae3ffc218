/** Memory of a process and of all that it started, shared pages counted by their share (Linux, /proc/PID/smaps_rollup). */
import { readdir, readFile } from 'node:fs/promises';

export interface TreeMemory {
  processes: number;
  /** Proportional set size. */
  pssMb: number;
}

export async function measureTree(pid: number): Promise<TreeMemory> {
  const pids = await processTree(pid);
  let pssKb = 0;
  for (const each of pids) {
    // One that ended meanwhile has no memory.
    const rollup = await readFile(`/proc/${each}/smaps_rollup`, 'utf8').catch(() => '');
    pssKb += Number(/^Pss:\s+(\d+) kB$/m.exec(rollup)?.[1] ?? 0);
  }
  return { processes: pids.length, pssMb: pssKb / 1_024 };
}

async function processTree(pid: number): Promise<number[]> {
  const threads = await readdir(`/proc/${pid}/task`).catch(() => []);
  const lists = await Promise.all(
    threads.map((thread) => readFile(`/proc/${pid}/task/${thread}/children`, 'utf8').catch(() => '')),
  );
  const children = lists.flatMap((list) => list.trim().split(' ').filter(Boolean).map(Number));
  return [pid, ...(await Promise.all(children.map(processTree))).flat()];
}
