/** The configuration of a line's edge node: as the person who commissioned it wrote it, mistakes included. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { GATE_MM, MAX_SPEED_MM_PER_S, PITCH_MM } from './belt-physics.ts';
import type { MachinePlan } from './machine-messages.ts';

export interface NodeSetting {
  folder: string;
  plan: MachinePlan;
  endpoint: string;
  camera: string;
  server: { url: string; token: string };
  trustedKey: string;
  /** What was entered wrongly. */
  mistake: Mistake | undefined;
}

export type Mistake = 'command-is-confirmation' | 'metres' | 'edge-on-counter';

/** Parts come this much apart at least. */
export const LEAST_APART_MS = (1_000 * PITCH_MM) / MAX_SPEED_MM_PER_S;
const WINDOW_MS = 100;
const PULSE_MS = 50;
/** The camera takes a frame where a part breaks its light barrier, and writes down when. */
const TRIGGERED_STREAM = { rhythm: 'triggered', capture: 'x-timestamp', timeoutMs: 10_000 };
const PATHS = '/Objects/T:Machine/T:';

export async function writeNodeConfig(setting: NodeSetting): Promise<string> {
  const { folder, plan, endpoint, camera, server, trustedKey, mistake } = setting;
  const file = join(folder, 'edge.yaml');
  const config = {
    node: 'edge-1',
    home: 'home',
    server: { url: server.url, token: server.token, pollMs: 1_000, statusMs: 500, retryMinMs: 50, retryMaxMs: 500 },
    trust: { modelSigningKeys: [trustedKey] },
    models: { restartMinMs: 50, restartMaxMs: 500, inferTimeoutMs: 5_000 },
    machines: [
      {
        line: 'line-1',
        endpoint,
        namespaces: { T: 'urn:lehr:test:machine' },
        staleAfterMs: 1_500,
        retryPathsMs: 1_000,
        signals: {
          machineState: signal('State'),
          batchCode: signal('Batch'),
          jobCode: signal('Job'),
          humidityPercent: signal('Humidity'),
          trigger: fast(plan.trigger === 'edge' ? 'Edge' : plan.trigger === 'id' ? 'PartId' : 'Counter'),
          ...(plan.trigger === 'counter' ? { partId: fast('PartId') } : {}),
          belt: fast(plan.belt.kind === 'encoder' ? 'Encoder' : 'Speed'),
          confirm: fast(mistake === 'command-is-confirmation' ? 'Command' : 'Ejected'),
          enabled: fast('Enabled'),
          command: signal('Command'),
        },
      },
    ],
    stations: [
      {
        station: 'station-1',
        line: 'line-1',
        cameras: [
          {
            camera: 'camera-1',
            source: {
              kind: 'http',
              mode: plan.camera.mode,
              url: camera,
              latencyMs: 20,
              ...(plan.camera.mode === 'mjpeg' ? TRIGGERED_STREAM : { timeoutMs: 1_000 }),
              retryMinMs: 50,
              retryMaxMs: 500,
            },
          },
        ],
        trigger: {
          signal: 'trigger',
          kind: mistake === 'edge-on-counter' ? 'edge' : plan.trigger,
          ...(plan.trigger === 'counter' ? { partIdSignal: 'partId' } : {}),
          ...(plan.trigger === 'edge' ? { debounceMs: 90 } : {}),
          windowMs: WINDOW_MS,
          offsetMs: plan.camera.mode === 'snapshot' ? 15 : 0,
        },
        gate: {
          mode: 'active',
          distanceMm: mistake === 'metres' ? GATE_MM / 1_000 : GATE_MM,
          toleranceMm: PITCH_MM / 2 - 6,
          partPitchMm: PITCH_MM,
          maxSpeedMmPerS: MAX_SPEED_MM_PER_S,
          ...(plan.belt.kind === 'encoder' ? { encoderSignal: 'belt' } : { speedSignal: 'belt' }),
          ...(plan.belt.kind === 'encoder' && plan.belt.modulus ? { encoderModulus: plan.belt.modulus } : {}),
          leadMs: 25,
          pulseMs: PULSE_MS,
          commandSignal: 'command',
          confirm: {
            signal: 'confirm',
            kind: mistake === 'command-is-confirmation' ? 'edge' : 'counter',
            windowMs: LEAST_APART_MS,
          },
          enabledSignal: 'enabled',
        },
      },
    ],
    outbox: { minFreeBytes: 0, reserveBytes: 0 },
  };
  await writeFile(file, stringify(config));
  return file;
}

function signal(name: string) {
  return { path: `${PATHS}${name}` };
}

function fast(name: string) {
  return { ...signal(name), fast: true };
}
