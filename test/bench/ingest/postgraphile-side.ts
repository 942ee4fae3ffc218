/** PostGraphile 5 as the peer: the same inspections by its own mutation, on a database with the same tables. */
import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { spawnLines } from '../../support/spawn-lines.ts';
import { type BenchItem, type BenchNode, MACHINE, POSITION, STATS } from './bench-rows.ts';
import { openPoster } from './poster.ts';
import type { Side } from './sides.ts';

/** It writes one table, without defects, rollup, audit and dense positions: less than Lehr does for the same call. */
export async function openPostGraphileSide(url: string, nodes: readonly BenchNode[]): Promise<Side> {
  const entry = fileURLToPath(new URL('./postgraphile-server.ts', import.meta.url));
  const server = await spawnLines(process.execPath, [entry, url, String(nodes.length)], {});
  const [, port = ''] = await server.waitForLine(/^listening (\d+)/, 60_000);
  const poster = openPoster({ hostname: '127.0.0.1', port, sockets: nodes.length });
  let bodies: Buffer[][] = [];
  let position = 0;

  return {
    prepare(batches) {
      bodies = batches.map((ofNode, index) =>
        ofNode.map((items) => {
          const node = nodes[index];
          const inputs = node ? items.map((item) => inspectionOf(node, item, ++position)) : [];
          const variables = Object.fromEntries(inputs.map((input, place) => [`i${place}`, input]));
          return Buffer.from(JSON.stringify({ query: mutationOf(inputs.length), variables }));
        }),
      );
    },
    async send(index, batch) {
      const body = bodies[index]?.[batch];
      if (!body) throw new Error(`there is no batch ${batch} of node ${index}`);
      const { data, errors } = JSON.parse(await poster.post(body, {})) as {
        data?: Record<string, { inspection: { rowId: string } | null } | null>;
        errors?: unknown;
      };
      if (errors || !data || Object.values(data).some((made) => !made?.inspection))
        throw new Error(`PostGraphile did not insert everything: ${JSON.stringify(errors ?? data).slice(0, 500)}`);
    },
    async statements() {
      return null;
    },
    async close() {
      poster.close();
      await server.stop();
    },
  };
}

const mutations = new Map<number, string>();

/** One document for each number of items, so that it can be parsed and planned once. */
function mutationOf(count: number): string {
  const places = Array.from({ length: count }, (_, place) => place);
  const made = `mutation Insert(${places.map((place) => `$i${place}: InspectionInput!`).join(', ')}) {
    ${places.map((place) => `m${place}: createInspection(input: { inspection: $i${place} }) { inspection { rowId } }`).join('\n')}
  }`;
  mutations.set(count, mutations.get(count) ?? made);
  return mutations.get(count) ?? made;
}

function inspectionOf(node: BenchNode, item: BenchItem, position: number): Record<string, unknown> {
  const { plantId, lineId, stationId, cameraId, edgeNodeId, modelVersionId } = node;
  const { id, verdict, score, latencyMs, partId } = item;
  const capturedAt = new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString();
  const contentHash = createHash('sha256').update(id).digest('base64');
  return {
    ...{ plantId, lineId, stationId, cameraId, edgeNodeId, modelVersionId },
    ...{ rowId: id, capturedAt, receivedAt: capturedAt, position: String(position), verdict, score, latencyMs, partId },
    ...{ imageSha256: Buffer.from(item.imageSha256, 'hex').toString('base64'), ...STATS, ...POSITION, ...MACHINE },
    ...{ humidityPercent: 44, signals: item.signals, defectCount: item.outline ? 1 : 0, contentHash },
    defectClass: item.outline ? 'anomaly' : null,
  };
}
