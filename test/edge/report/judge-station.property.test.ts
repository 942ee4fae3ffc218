import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findGateMistakes } from '../../../edge/config/gate-mistakes.ts';
import { MachineSchema } from '../../../edge/config/machine-config.ts';
import { StationSchema } from '../../../edge/config/station-config.ts';
import { judgeStation } from '../../../edge/report/judge-station.ts';
import { measured, spreadOf } from './measured.ts';

const PARTS = 300;
const machine = {
  line: 'line-1',
  endpoint: 'opc.tcp://127.0.0.1:1',
  signals: {
    encoder: { path: '/E', fast: true },
    counter: { path: '/C', fast: true },
    confirm: { path: '/D', fast: true },
    command: { path: '/G' },
  },
};

/** A station whose gate is thought to be so. */
function stationOf(pitchMm: number, speedMmPerS: number, latencyMs: number) {
  const leastMs = (1_000 * pitchMm) / speedMmPerS;
  return {
    station: 'inspection',
    line: 'line-1',
    cameras: [{ camera: 'a', source: { kind: 'http', mode: 'snapshot', url: 'http://127.0.0.1/', latencyMs } }],
    trigger: { signal: 'counter', kind: 'counter', windowMs: Math.max(1, Math.floor(leastMs / 2)) },
    gate: {
      mode: 'dry-run',
      distanceMm: 1_000,
      toleranceMm: pitchMm * 0.45,
      partPitchMm: pitchMm,
      maxSpeedMmPerS: speedMmPerS,
      encoderSignal: 'encoder',
      leadMs: 20,
      pulseMs: Math.max(1, Math.floor(leastMs * 0.9)),
      commandSignal: 'command',
      confirm: { signal: 'confirm', kind: 'counter', windowMs: Math.max(1, Math.floor(leastMs)) },
    },
  };
}

function enter(to: object, path: (string | number)[], value: number): void {
  const [first = '', ...rest] = path;
  const key = String(first);
  if (rest.length === 0) Object.assign(to, { [key]: value });
  else enter(Object(Reflect.get(to, key)), rest, value);
}

describe('all values of a report, entered', () => {
  it('make a configuration that the node takes, and that the same measurements fit', () => {
    const pitch = fc.double({ min: 5, max: 2_000, noNaN: true });
    const speed = fc.double({ min: 20, max: 1_000, noNaN: true });
    const ms = (max: number) => fc.double({ min: 1, max, noNaN: true });
    fc.assert(
      fc.property(
        fc.tuple(pitch, speed, fc.integer({ min: 0, max: 500 })),
        fc.tuple(pitch, speed),
        fc.tuple(ms(2_000), ms(900), ms(900), ms(3_000)),
        ([guessedPitch, guessedSpeed, latencyMs], [pitchMm, speedMmPerS], [imageMs, updateMs, ageMs, publishingMs]) => {
          fc.pre((1_000 * guessedPitch) / guessedSpeed <= 10_000);
          fc.pre((1_000 * Math.min(guessedPitch, pitchMm)) / Math.max(guessedSpeed, speedMmPerS) >= 5);
          const about = (value: number) =>
            Array.from({ length: PARTS }, (_, at) => value * (1 - (0.2 * at) / PARTS)).reverse();
          const leastMs = (1_000 * pitchMm) / speedMmPerS;
          const triggersMs = Array.from({ length: PARTS + 1 }, (_, at) => at * leastMs);
          const age = spreadOf(about(ageMs));
          const statistics = {
            ...measured({ askedMs: about(imageMs), triggersMs }),
            pitchMm: spreadOf(about(pitchMm).map((mm) => mm * 1.25)),
            speedMmPerS: spreadOf(about(speedMmPerS)),
            updateMs: spreadOf(about(updateMs)),
            ageMs: age ? { trigger: age, belt: age } : {},
            granted: { counter: { publishingMs, samplingMs: 10 } },
          };
          const file = structuredClone({
            stations: [stationOf(guessedPitch, guessedSpeed, latencyMs)],
            machines: [machine],
          });
          const judge = () => {
            const stations = file.stations.map((each) => StationSchema.parse(each));
            const machines = file.machines.map((each) => MachineSchema.parse(each));
            expect(findGateMistakes(stations, machines)).toEqual([]);
            const [station] = stations;
            if (!station) throw new Error('no station');
            return judgeStation(statistics, { station, stationIndex: 0, machine: machines[0], machineIndex: 0 });
          };
          for (const { path, enter: value } of judge()) if (value !== undefined) enter(file, path, value);
          const left = judge().filter(({ fit }) => fit === 'too small' || fit === 'too large');
          expect(left).toEqual([]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
