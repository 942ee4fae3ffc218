/** How long images are under way against the window in which they are tied to their part. */
import type { TriggerConfig } from '../config/gate-config.ts';
import type { SourceConfig } from '../config/source-config.ts';
import { needsTrigger } from '../config/station-config.ts';
import type { CameraStatistics, GateStatistics } from '../gate/gate-statistics.ts';
import { LEAST_PARTS } from '../gate/report-keeper.ts';
import type { SpreadSummary } from '../gate/spread.ts';
import { type Finding, findingOf, MARGIN, roundUp, show } from './finding.ts';
import { type ImageDistance, matchImages } from './match-images.ts';

export interface ImageCamera {
  camera: string;
  source: SourceConfig;
}

/** A snapshot that was asked for at a trigger: only how long it took counts. */
interface AskedCamera {
  path: Finding['path'];
  latencyMs: number;
  askedMs: SpreadSummary;
  /** After its trigger, with the margin. */
  neededMs: number;
}

const LEAST_MARGIN_MS = 10;
/** An image of its own time: network cameras and folders tell it to some milliseconds. */
const STAMP_MARGIN_MS = 2;
const STEP_MS = 5;

/** `leastMs`: the least time between two parts, by the pitch and the speed that are to be entered. */
export function judgeImages(
  statistics: GateStatistics,
  trigger: TriggerConfig,
  cameras: readonly ImageCamera[],
  leastMs: number,
): Finding[] {
  const asked: AskedCamera[] = [];
  const distances: ImageDistance[] = [];
  const findings: Finding[] = [];
  // What the configuration allows is often less than what comes; less than that is a sensor's bounce.
  const apartMs = Math.max(leastMs, statistics.betweenPartsMs?.least ?? 0);
  for (const [index, { camera, source }] of cameras.entries()) {
    const path = ['cameras', index, 'source'];
    const measured = statistics.cameras[camera];
    if (source.kind === 'http' && needsTrigger(source)) {
      const latency = [...path, 'latencyMs'];
      const askedMs = measured?.askedMs;
      if (!askedMs || askedMs.count < LEAST_PARTS) findings.push(unknown(latency, source.latencyMs, tooFew(askedMs)));
      else if (askedMs.most < apartMs) asked.push(askedCamera(latency, source.latencyMs, askedMs, apartMs));
      else findings.push(tooSlow(latency, source.latencyMs, askedMs, apartMs));
    } else {
      const found = ownTime(statistics, measured);
      if ('leastMs' in found) distances.push(found);
      else findings.push(unknown(['trigger', 'offsetMs'], trigger.offsetMs, `${camera}: ${found.problem}`));
    }
  }
  return [...findings, ...fitWindow(trigger, asked, distances, leastMs)];
}

function askedCamera(path: Finding['path'], latencyMs: number, askedMs: SpreadSummary, apartMs: number): AskedCamera {
  const { most, p50 } = askedMs;
  const marginMs = Math.max(LEAST_MARGIN_MS, MARGIN * most, (most - p50) / 2);
  // Later, it may show the next part.
  return { path, latencyMs, askedMs, neededMs: Math.max(most, Math.min(most + marginMs, apartMs)) };
}

function fitWindow(
  { windowMs, offsetMs }: TriggerConfig,
  asked: readonly AskedCamera[],
  distances: readonly ImageDistance[],
  leastMs: number,
): Finding[] {
  const boundMs = Math.max(1, Math.floor(leastMs / 2));
  if (asked.length === 0 && distances.length === 0) {
    const measured = `parts ${show(leastMs)} ms apart`;
    return windowMs <= boundMs ? [] : [findingOf(['trigger', 'windowMs'], measured, windowMs, boundMs)];
  }
  const widestMs = (offset: number) =>
    Math.max(0, ...distances.map((each) => Math.max(each.mostMs - offset, offset - each.leastMs)));
  const isInTime = asked.every(({ latencyMs, askedMs, neededMs }) => {
    const allowedMs = offsetMs + latencyMs + windowMs;
    return allowedMs >= askedMs.most + LEAST_MARGIN_MS / 2 && allowedMs <= neededMs + leastMs / 2;
  });
  const isRight = windowMs <= boundMs && widestMs(offsetMs) <= windowMs && isInTime;

  const leasts = distances.map((each) => each.leastMs);
  const mosts = distances.map((each) => each.mostMs);
  const centreMs = Math.round((Math.min(...leasts) + Math.max(...mosts)) / 2);
  const offset = isRight || distances.length === 0 ? offsetMs : centreMs;
  const jitters = asked.map(({ askedMs, neededMs }) => neededMs - askedMs.p50);
  const neededMs = Math.max(
    distances.length === 0 ? 0 : widestMs(offset) * (1 + MARGIN) + STAMP_MARGIN_MS,
    Math.min(boundMs, Math.max(0, ...jitters)),
  );
  const window = isRight ? windowMs : Math.max(1, Math.min(boundMs, roundUp(neededMs, STEP_MS)));
  return [...judgeLatencies(), ...judgeOffset(), judgeWindow()];

  function judgeLatencies(): Finding[] {
    return asked.map(({ path, latencyMs, askedMs, neededMs: latestMs }) => {
      const enter = isRight ? latencyMs : Math.max(0, Math.ceil(latestMs - window - offset));
      return findingOf(path, `trigger to image ${describe(askedMs)}`, latencyMs, enter);
    });
  }

  function judgeOffset(): Finding[] {
    if (distances.length === 0) return [];
    const measured = `image taken ${show(Math.min(...leasts))} to ${show(Math.max(...mosts))} ms after its trigger`;
    const without = distances.reduce((sum, each) => sum + each.without, 0);
    const remark = without === 0 ? undefined : `${without} images have no trigger there and stay untied`;
    return [findingOf(['trigger', 'offsetMs'], measured, offsetMs, offset, remark)];
  }

  function judgeWindow(): Finding {
    const path = ['trigger', 'windowMs'];
    const measured = `images ± ${show(Math.max(widestMs(offset), ...asked.map(({ askedMs }) => askedMs.most - askedMs.p50)))} ms`;
    if (widestMs(offset) <= boundMs) return findingOf(path, measured, windowMs, window);
    const remark = `more than half of the ${show(leastMs)} ms between two parts: keep them farther apart, run slower, or take images at a steadier time`;
    // What the file takes beside the other values.
    const enter = windowMs > boundMs ? { enter: boundMs } : {};
    return { path, measured, configured: windowMs, fit: 'cannot fit', remark, ...enter };
  }
}

function tooSlow(path: Finding['path'], configured: number, askedMs: SpreadSummary, leastMs: number): Finding {
  return {
    path,
    measured: `trigger to image ${describe(askedMs)}`,
    configured,
    fit: 'cannot fit',
    remark: `parts come every ${show(leastMs)} ms, and snapshots are taken one after another: a quicker camera, smaller pictures, parts farther apart, or a camera that the sensor triggers`,
  };
}

/** When images that nobody asked for were taken after their trigger. */
function ownTime(
  { triggersMs, betweenPartsMs, parts }: GateStatistics,
  measured: CameraStatistics | undefined,
): ImageDistance | { problem: string } {
  if (!measured || !betweenPartsMs || Math.min(measured.takenMs.length, triggersMs.length) < LEAST_PARTS) {
    return { problem: tooFew(measured && { count: measured.images }) };
  }
  if (measured.images > OWN_RATE * parts.triggered) {
    const everyMs = show(measured.intervalMs?.p50 ?? 0);
    return {
      problem: `it takes an image every ${everyMs} ms by itself, so that the trigger does not show how long one is under way: measure it with a moving mark, or have images taken at the trigger`,
    };
  }
  const found = matchImages(triggersMs, measured.takenMs, betweenPartsMs.least);
  if ('distance' in found) return found.distance;
  return { problem: `${found.problem}: stop the feed some times for ten seconds, then look again` };
}

/** Images for each part: so many, and the camera goes by its own rhythm. */
const OWN_RATE = 1.5;

function tooFew(spread: { count: number } | null | undefined): string {
  return `${spread?.count ?? 0} images, at least ${LEAST_PARTS} are needed`;
}

function unknown(path: Finding['path'], configured: number, measured: string): Finding {
  return { path, measured, configured, fit: 'not known' };
}

function describe({ p50, p999, most }: SpreadSummary): string {
  return `usually ${show(p50)} ms, 99.9 % within ${show(p999)} ms, all within ${show(most)} ms`;
}
