/** Prometheus text of the node, on a port of its own. */
import { createServer } from 'node:http';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { NodeView } from './node-status.ts';
import { shareOfLimits } from './uplink/share-of-limits.ts';

export interface MetricsServer {
  port: number;
  stop(): Promise<void>;
}

/** What is counted as it happens; everything else is read from the node when somebody asks. */
export interface Meters {
  registry: Registry;
  /** From capture to verdict. */
  inspected(camera: string, latencyMs: number): void;
}

type Labels = Record<string, string>;
type Reading = number | undefined | (readonly [Labels, number | undefined])[];

export function createMeters(): Meters {
  const registry = new Registry();
  const latency = new Histogram({
    name: 'lehr_edge_inspection_latency_seconds',
    help: 'From capture to verdict',
    labelNames: ['camera'],
    buckets: [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5],
    registers: [registry],
  });
  return { registry, inspected: (camera, latencyMs) => latency.observe({ camera }, latencyMs / 1_000) };
}

function addReadings(registry: Registry, view: () => NodeView): void {
  /** Kind by name, after Prometheus' own rule: what only grows ends in `_total`. */
  const add = (name: string, help: string, labelNames: string[], read: (view: NodeView) => Reading) => {
    const options = { name: `lehr_edge_${name}`, help, labelNames, registers: [registry] };
    const put = (set: (labels: Labels, value: number) => void) => {
      const reading = read(view());
      const entries = Array.isArray(reading) ? reading : [[{}, reading] as const];
      for (const [labels, value] of entries) if (value !== undefined) set(labels, value);
    };
    if (name.endsWith('_total')) {
      new Counter({
        ...options,
        collect() {
          this.reset();
          put((labels, value) => this.inc(labels, value));
        },
      });
      return;
    }
    new Gauge({
      ...options,
      collect() {
        this.reset();
        put((labels, value) => this.set(labels, value));
      },
    });
  };
  const perCamera = (read: (camera: NodeView['cameras'][number]) => number | undefined) => (of: NodeView) =>
    of.cameras.map((camera) => [{ camera: camera.code }, read(camera)] as const);
  const perMachine = (read: (machine: NodeView['machines'][number]) => number | undefined) => (of: NodeView) =>
    of.machines.map((machine) => [{ line: machine.line }, read(machine)] as const);
  const perGate = (read: (gate: NodeView['gates'][number]) => number | undefined) => (of: NodeView) =>
    of.gates.map((gate) => [{ station: gate.stationId }, read(gate)] as const);
  const seconds = (milliseconds: number | undefined) => milliseconds && milliseconds / 1_000;

  add('outbox_results', 'Results that wait for the server', [], ({ outbox }) => outbox.results);
  add('outbox_result_bytes', 'Bytes of results that wait for the server', [], ({ outbox }) => outbox.resultBytes);
  add('outbox_images', 'Images that wait for the server', [], ({ outbox }) => outbox.images);
  add('outbox_image_bytes', 'Bytes of images that wait for the server', [], ({ outbox }) => outbox.imageBytes);
  add('outbox_events', 'Events that wait for the server', [], ({ outbox }) => outbox.events);
  add('outbox_limit_ratio', 'How full the outbox is, 0 to 1', [], ({ outbox, outboxLimits }) =>
    shareOfLimits(outbox, outboxLimits),
  );
  add('outbox_oldest_result_seconds', 'Age of the oldest result that waits', [], ({ outbox }) =>
    outbox.oldestResultAt === null ? 0 : Math.max(0, Date.now() - Date.parse(outbox.oldestResultAt)) / 1_000,
  );
  add('outbox_sacrificed_total', 'Given up to keep to the limits', ['what'], ({ outbox }) => [
    [{ what: 'images' }, outbox.sacrificedImages],
    [{ what: 'results' }, outbox.sacrificedResults],
    [{ what: 'events' }, outbox.sacrificedEvents],
    [{ what: 'dead letters' }, outbox.sacrificedDeadLetters],
  ]);
  add('dead_letters', 'Things that the server refused', [], ({ outbox }) => outbox.deadLetters);
  add('disk_free_bytes', 'Free on the disk of the outbox', [], ({ outbox }) => outbox.freeBytes);
  add('disk_total_bytes', 'Size of the disk of the outbox', [], ({ outbox }) => outbox.totalBytes);
  add('outbox_writable', '0 while the disk takes nothing', [], ({ outbox }) => Number(outbox.writeProblem === null));
  add('server_up', '1 while the server answers', [], ({ isServerUp }) => Number(isServerUp));
  add('clock_skew_seconds', 'Node clock minus server clock', [], ({ skewMs }) => seconds(skewMs));
  add('certificate_expiry_timestamp_seconds', 'When the OPC UA certificate ends', [], ({ certificateExpiresAt }) =>
    seconds(certificateExpiresAt?.getTime()),
  );
  add('start_timestamp_seconds', 'When the node started', [], ({ startedAt }) => seconds(startedAt.getTime()));

  add(
    'machine_connected',
    '1 while the machine answers',
    ['line'],
    perMachine(({ isConnected }) => Number(isConnected)),
  );
  add(
    'machine_clock_offset_seconds',
    'Machine clock minus node clock',
    ['line'],
    perMachine(({ clockOffset }) => seconds(clockOffset?.offsetMs)),
  );
  add(
    'machine_clock_uncertainty_seconds',
    'How far that may be off',
    ['line'],
    perMachine(({ clockOffset }) => seconds(clockOffset?.uncertaintyMs)),
  );

  add(
    'frames_taken_total',
    'Frames taken',
    ['camera'],
    perCamera(({ state }) => state.framesTaken),
  );
  add(
    'frames_dropped_total',
    'Frames dropped for newer ones',
    ['camera'],
    perCamera(({ state }) => state.droppedFrames),
  );
  add(
    'frames_rejected_total',
    'Frames of which no inspection can be made',
    ['camera'],
    perCamera(({ rejectedFiles }) => rejectedFiles),
  );
  add(
    'camera_well',
    '0 while something keeps the camera from working',
    ['camera'],
    perCamera(({ problem }) => Number(problem === undefined)),
  );

  add(
    'gate_confirmed_total',
    'Rejections that the machine confirmed',
    ['station'],
    perGate(({ confirmed }) => confirmed),
  );
  add(
    'gate_not_confirmed_total',
    'Rejections without confirmation',
    ['station'],
    perGate(({ notConfirmed }) => notConfirmed),
  );
  add(
    'gate_unexpected_total',
    'Ejections that nobody commanded',
    ['station'],
    perGate(({ unexpected }) => unexpected),
  );
  add(
    'gate_late_total',
    'Verdicts that came too late',
    ['station'],
    perGate(({ late }) => late),
  );
  add(
    'gate_parts_in_transit',
    'Parts between trigger and gate',
    ['station'],
    perGate(({ inTransit }) => inTransit),
  );
  add(
    'gate_enabled',
    '1 while the machine lets the gate move',
    ['station'],
    perGate(({ isEnabled }) => Number(isEnabled)),
  );
  add(
    'gate_tracking',
    '1 while the place of every part is known',
    ['station'],
    perGate(({ isTracking }) => Number(isTracking)),
  );
  add(
    'gate_command_lateness_seconds',
    'How long after the due moment the last commands were given',
    ['station', 'quantile'],
    ({ gates }) =>
      gates.flatMap(({ stationId: station, latenessMs }) =>
        [0.5, 0.99].map(
          (quantile) => [{ station, quantile: String(quantile) }, seconds(rank(latenessMs, quantile))] as const,
        ),
      ),
  );
}

function rank(values: readonly number[], share: number): number | undefined {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)];
}

/** Rejects when the port is taken. */
export async function startMetrics(
  address: { host: string; port: number },
  view: () => NodeView,
  { registry }: Meters,
): Promise<MetricsServer> {
  addReadings(registry, view);
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end();
    registry.metrics().then(
      (text) => response.writeHead(200, { 'content-type': registry.contentType }).end(text),
      () => response.writeHead(500).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(address.port, address.host, resolve);
  });
  const bound = server.address();
  return {
    port: typeof bound === 'object' && bound !== null ? bound.port : address.port,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
