/** What the server made of the intervals that were asked for: slower than asked is told, before its symptoms are. */
import { type MachineConfig, signalNames } from '../config/machine-config.ts';
import type { OpcuaWatch, SignalKind } from './opcua-watch.ts';

/** A server that rounds a little up is no trouble. */
const MOST_TIMES = 2;

export function intervalTroubles(config: MachineConfig, { granted }: Pick<OpcuaWatch, 'granted'>): string[] {
  const hasKind = (kind: SignalKind) =>
    signalNames(config).some((name) => (config.signals[name]?.fast ? 'fast' : 'slow') === kind);
  const kinds = [
    { kind: 'slow', publishing: 'publishingIntervalMs', sampling: 'samplingIntervalMs' },
    // As often as can be, which is asked for with 0, is at least once for each message.
    { kind: 'fast', publishing: 'fastPublishingIntervalMs', sampling: 'fastPublishingIntervalMs' },
  ] as const;
  return kinds
    .filter(({ kind }) => hasKind(kind))
    .flatMap(({ kind, publishing, sampling }) => {
      const { publishingMs, samplingMs } = granted(kind);
      const askedMs = config[sampling] || config[publishing];
      return [
        describe(`publishes ${kind} signals`, publishingMs, config[publishing], publishing, 'publishing'),
        describe(`samples ${kind} signals`, samplingMs, askedMs, sampling, 'sampling'),
      ].flatMap((text) => text ?? []);
    });
}

function describe(what: string, isMs: number, askedMs: number, field: string, kind: string): string | undefined {
  if (isMs <= MOST_TIMES * askedMs) return undefined;
  return `${what} every ${isMs} ms instead of ${askedMs} ms; lower the server's least ${kind} interval, or give ${field} what it grants`;
}
