/** Every verdict of a model version, found by the minutes that hold any: the same rows as a walk over all, in pages of any size. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { databases } from '../../../support/database.ts';
import { createSeed } from '../../../support/seed.ts';
import { openTestServer, type TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';
import { idAt, record, recordingPlant } from './recording.ts';

interface Answer {
  node: {
    datasetVersion: {
      items: { edges: { node: { image: { datasetVersions: { modelVersions: { id: string }[] }[] } } }[] };
    };
    inspections: {
      edges: { node: { inspectionId: string } }[];
      pageInfo: {
        hasNextPage: boolean;
        hasPreviousPage: boolean;
        startCursor: string | null;
        endCursor: string | null;
      };
    };
  };
}

const PAGE = `query ($id: ID!, $first: Int, $last: Int, $after: String, $before: String, $verdicts: [Verdict!], $from: DateTime, $to: DateTime) {
  node(id: $id) { ... on ModelVersion {
    datasetVersion { items { edges { node { image { datasetVersions { modelVersions { id } } } } } } }
    inspections(first: $first, last: $last, after: $after, before: $before, verdicts: $verdicts, from: $from, to: $to) {
      edges { node { inspectionId } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
  } }
}`;

const MINUTE = 60_000;

describe.each(databases())('the verdicts of a model version on %s', (kind) => {
  let server: TestServer;
  let reader: TestClient;
  let versionId: string;
  const recorded: { id: string; at: number; verdict: string }[] = [];
  const start = Math.floor(Date.now() / MINUTE) * MINUTE - 90 * MINUTE;

  beforeAll(async () => {
    server = await openTestServer(kind);
    const { plant, version, nodes, item } = await recordingPlant(createSeed(server), { lines: 2 });
    versionId = version.globalId;
    reader = (await plant.person('viewer')).client;
    const verdicts = ['PASS', 'PASS', 'REJECT', 'UNCERTAIN'];
    // bursts, gaps, a minute's first and last millisecond, and both lines at once
    const times = [
      0,
      1,
      59_999,
      MINUTE,
      5 * MINUTE,
      5 * MINUTE + 10,
      5 * MINUTE + 20,
      5 * MINUTE + 30,
      33 * MINUTE,
      80 * MINUTE,
    ];
    const items = times.flatMap((offset, place) =>
      plant.cameras.map((camera, index) => {
        const verdict = verdicts[(place + index) % verdicts.length] ?? 'PASS';
        const made = item({ id: idAt(start + offset), verdict }, camera);
        recorded.push({ id: made.id, at: start + offset, verdict });
        return { camera, made };
      }),
    );
    for (const { row, client } of nodes) {
      const own = plant.lines.flatMap(({ stations }) =>
        stations.filter(({ station }) => station.edge_node_id === row.id).flatMap(({ cameras }) => cameras),
      );
      const sent = items.filter(({ camera }) => own.some(({ id }) => id === camera.id)).map(({ made }) => made);
      if (sent.length > 0) expect(await record(client, sent)).toMatchObject({ refused: 0 });
    }
    recorded.sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
  });
  afterAll(() => server.close());

  const ask = async (variables: Record<string, unknown>) =>
    (await reader.read<Answer>(PAGE, { id: versionId, ...variables })).node.inspections;

  async function walk(size: number, isBackward: boolean, more: Record<string, unknown> = {}): Promise<string[]> {
    const found: string[] = [];
    for (let cursor: string | null = null, goesOn = true; goesOn; ) {
      const page = await ask(
        isBackward ? { last: size, before: cursor, ...more } : { first: size, after: cursor, ...more },
      );
      const ids = page.edges.map(({ node }) => node.inspectionId);
      if (isBackward) found.unshift(...ids);
      else found.push(...ids);
      cursor = isBackward ? page.pageInfo.startCursor : page.pageInfo.endCursor;
      goesOn = isBackward ? page.pageInfo.hasPreviousPage : page.pageInfo.hasNextPage;
    }
    return found;
  }

  it.each([1, 7, 100])('are whole in pages of %d, forward and backward', async (size) => {
    const all = recorded.map(({ id }) => id);
    expect(all.length).toBeGreaterThan(15);
    expect(await walk(size, false)).toEqual(all);
    expect(await walk(size, true)).toEqual(all);
  });

  it('can be asked for by verdict and time', async () => {
    const rejects = recorded.filter(({ verdict }) => verdict !== 'PASS').map(({ id }) => id);
    expect(await walk(2, false, { verdicts: ['REJECT', 'UNCERTAIN'] })).toEqual(rejects);
    const [from, to] = [start + 1, start + 5 * MINUTE + 20];
    const between = recorded.filter(({ at }) => at >= from && at < to).map(({ id }) => id);
    const range = { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
    expect(await walk(2, false, range)).toEqual(between);
    expect(await walk(3, true, range)).toEqual(between);
  });

  it('are reached from the image that taught the model, and the image from them', async () => {
    const { node } = await reader.read<Answer>(PAGE, { id: versionId, first: 1 });
    const taught = node.datasetVersion.items.edges[0]?.node.image.datasetVersions[0]?.modelVersions;
    expect(taught).toEqual([{ id: versionId }]);
  });
});
