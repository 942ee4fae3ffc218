/**
 * The real server in its own process, with a gate before its hub: while it is held, commits are not told to the hub and it does not look for
 * them, so that rows can be committed first and their delivery be measured alone. Open, the gate passes everything and notes when.
 */
import { readConfig } from '../../../server/config.ts';
import { makeLog } from '../../../server/kit/make-log.ts';
import { Hub } from '../../../server/live/hub.ts';
import { startServer } from '../../../server/main.ts';
import { serveParent } from '../kit/serve-parent.ts';

export interface MemoryFacts {
  rssBytes: number;
  /** Of JavaScript objects and of buffers beside them, after two collections. */
  heapBytes: number;
  externalBytes: number;
}

const { wake, tick } = Hub.prototype;
let isHeld = false;
const late: (() => void)[] = [];
/** When the server learnt that a transaction with inspections had committed, by the clock of all processes of this machine. */
const commits: number[] = [];

Hub.prototype.wake = function (this: Hub, kind, id) {
  if (kind === 'inspection') commits.push(performance.timeOrigin + performance.now());
  if (isHeld) late.push(() => wake.call(this, kind, id));
  else wake.call(this, kind, id);
};
Hub.prototype.tick = function (this: Hub) {
  return isHeld ? Promise.resolve() : tick.call(this);
};

const config = readConfig();
const server = await startServer(config, makeLog('text', 'warn'), (error) => {
  console.error(error);
  process.exit(1);
});

serveParent(
  {
    url: () => server.url,
    hold: () => {
      isHeld = true;
    },
    release: () => {
      isHeld = false;
      for (const act of late.splice(0)) act();
    },
    /** Since the last call, in the order of the commits. */
    commits: () => Float64Array.from(commits.splice(0)),
    memory: (): MemoryFacts => {
      globalThis.gc?.();
      globalThis.gc?.();
      const { rss, heapUsed, external } = process.memoryUsage();
      return { rssBytes: rss, heapBytes: heapUsed, externalBytes: external };
    },
    cpu: () => process.cpuUsage(),
  },
  () => server.stop(),
);
