import { afterEach, describe, expect, it } from 'vitest';
import { createMeters, type MetricsServer, startMetrics } from '../../edge/metrics.ts';
import { nodeView } from './kit/node-view.ts';

let metrics: MetricsServer | undefined;

afterEach(async () => {
  await metrics?.stop();
});

describe("the node's metrics", () => {
  it('tell of outbox, disk, cameras, machines and gates as they are at the moment of asking', async () => {
    const meters = createMeters();
    const view = nodeView(new Date('2026-01-01T00:00:00.000Z'));
    metrics = await startMetrics({ host: '127.0.0.1', port: 0 }, () => view, meters);
    const ask = async () => await (await fetch(`http://127.0.0.1:${metrics?.port}/metrics`)).text();
    meters.inspected('camera-1', 30);
    const text = await ask();
    expect(text.split('\n')).toEqual(
      expect.arrayContaining([
        '# TYPE lehr_edge_frames_taken_total counter',
        'lehr_edge_frames_taken_total{camera="camera-1"} 1',
        'lehr_edge_machine_clock_offset_seconds{line="line-1"} -0.003',
        'lehr_edge_gate_confirmed_total{station="station"} 1',
        'lehr_edge_gate_command_lateness_seconds{station="station",quantile="0.99"} 0.004',
        'lehr_edge_certificate_expiry_timestamp_seconds 1767225600',
        'lehr_edge_disk_free_bytes 1',
        'lehr_edge_outbox_sacrificed_total{what="images"} 0',
        'lehr_edge_inspection_latency_seconds_bucket{le="0.05",camera="camera-1"} 1',
        'lehr_edge_inspection_latency_seconds_bucket{le="0.02",camera="camera-1"} 0',
      ]),
    );
    // Asked for again, what is counted from the start does not count twice.
    expect(await ask()).toContain('lehr_edge_frames_taken_total{camera="camera-1"} 1\n');
  });
});
