/** Prometheus text of the node, on a port of its own. */
import { createServer } from 'node:http';
import { Gauge, Registry } from 'prom-client';
import type { NodeView } from './node-status.ts';

export interface MetricsServer {
  port: number;
  stop(): Promise<void>;
}

/** Rejects when the port is taken. */
export async function startMetrics(
  address: { host: string; port: number },
  view: () => NodeView,
): Promise<MetricsServer> {
  const registry = new Registry();
  const gauge = (name: string, help: string, labels: string[], collect: (gauge: Gauge, view: NodeView) => void) =>
    new Gauge({
      name: `lehr_edge_${name}`,
      help,
      labelNames: labels,
      registers: [registry],
      collect() {
        collect(this, view());
      },
    });
  gauge('outbox_results', 'Results that wait for the server', [], (to, { outbox }) => to.set(outbox.results));
  gauge('outbox_images', 'Images that wait for the server', [], (to, { outbox }) => to.set(outbox.images));
  gauge('outbox_image_bytes', 'Bytes of images that wait for the server', [], (to, { outbox }) =>
    to.set(outbox.imageBytes),
  );
  gauge('dead_letters', 'Results and images that the server refused', [], (to, { outbox }) =>
    to.set(outbox.deadLetters),
  );
  gauge('dead_letters_sacrificed', 'Refused ones deleted to keep to the limits', [], (to, { outbox }) =>
    to.set(outbox.sacrificed),
  );
  gauge('server_up', '1 while the server answers', [], (to, { isServerUp }) => to.set(isServerUp ? 1 : 0));
  gauge('clock_skew_seconds', 'Node clock minus server clock', [], (to, { skewMs }) => to.set((skewMs ?? 0) / 1_000));
  gauge('machines_connected', 'Machines with a living connection', [], (to, { machines }) =>
    to.set(machines.filter(({ isConnected }) => isConnected).length),
  );
  gauge('frames_taken', 'Frames taken since the start', ['camera'], (to, { cameras }) => {
    for (const { code, state } of cameras) to.set({ camera: code }, state.framesTaken);
  });
  gauge('files_rejected', 'Files put aside since the start', ['camera'], (to, { cameras }) => {
    for (const { code, rejectedFiles } of cameras) to.set({ camera: code }, rejectedFiles);
  });
  gauge('latency_p50_seconds', 'Median from capture to verdict', ['camera'], (to, { cameras }) => {
    for (const { code, state } of cameras) to.set({ camera: code }, (state.p50LatencyMs ?? 0) / 1_000);
  });

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
