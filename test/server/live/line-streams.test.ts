/** What an operator's screen follows: the inspections and the picture of a line, recorded by an edge node, on each database. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import { databases } from '../../support/database.ts';
import { only, type RecordingPlant, record, recordingPlant } from '../line/inspections/recording.ts';
import { follow, type LiveServer, openLiveServer } from './live-server.ts';

interface InspectionPayload {
  cursor: string;
  items: { inspectionId: string; verdict: string; defects: { class: string }[]; line: { code: string } }[];
}
interface LinePicture {
  total: { total: number; reject: number };
  recent: { inspectionId: string }[];
  lastReject: { inspectionId: string } | null;
  line: { code: string };
  edgeNodes: { code: string }[];
  ratePerMin: number;
  machine: { state: string } | null;
}

const INSPECTIONS = `subscription ($lineId: ID!, $after: StreamCursor, $verdicts: [Verdict!]) {
  inspections(lineId: $lineId, after: $after, verdicts: $verdicts) {
    cursor items { inspectionId verdict defects { class } line { code } camera { station { edgeNode { code } } } imageUrl }
  }
}`;
const PICTURE = `subscription ($lineId: ID!) {
  lineStatus(lineId: $lineId) {
    skipped sentAt ratePerMin line { code } currentJob { code } machine { state } edgeNodes { code } lastHour { total }
    total { total reject } recent { inspectionId } lastReject { inspectionId }
  }
}`;

describe.each(databases())('following a line on %s', (kind) => {
  let live: LiveServer;
  let plant: RecordingPlant;
  let lineId: string;
  let secret: string;

  beforeAll(async () => {
    live = await openLiveServer(kind);
    plant = await recordingPlant(live.seed);
    lineId = encodeGlobalId('Line', plant.plant.lines[0]?.line.id ?? '');
    secret = (await plant.plant.mesToken()).secret;
  });
  afterAll(() => live.close());

  const verdict = (value: 'PASS' | 'REJECT') => plant.item({ verdict: value, score: value === 'REJECT' ? 0.9 : 0.1 });
  const idsOf = ({ payloads }: { payloads: InspectionPayload[] }) =>
    payloads.flatMap(({ items }) => items.map(({ inspectionId }) => inspectionId));

  it('brings what a node records, in its order, and only the verdicts asked for', async () => {
    const client = live.client(secret);
    const all = follow<InspectionPayload>(client, INSPECTIONS, { lineId }, 'inspections');
    const rejects = follow<InspectionPayload>(client, INSPECTIONS, { lineId, verdicts: ['REJECT'] }, 'inspections');
    for (const stream of [all, rejects]) await stream.until(({ payloads }) => payloads.length > 0, 'the greeting');

    const items = [verdict('PASS'), verdict('REJECT'), verdict('PASS'), verdict('REJECT')];
    await record(only(plant.nodes).client, items);
    await all.until((stream) => idsOf(stream).length === 4, 'four parts');
    await rejects.until((stream) => idsOf(stream).length === 2, 'two rejects');
    expect(all.errors).toBeUndefined();
    expect(idsOf(all).sort()).toEqual(items.map(({ id }) => id).sort());
    expect(rejects.payloads.flatMap(({ items: each }) => each.map((item) => item.verdict))).toEqual([
      'REJECT',
      'REJECT',
    ]);

    const replay = follow<InspectionPayload>(
      client,
      INSPECTIONS,
      { lineId, after: all.payloads[0]?.cursor },
      'inspections',
    );
    await replay.until((stream) => idsOf(stream).length === 4, 'the replay');
    expect(idsOf(replay)).toEqual(idsOf(all));
  });

  it('shows the line’s newest state without a person in the execution', async () => {
    const client = live.client(secret);
    const picture = follow<LinePicture>(client, PICTURE, { lineId }, 'lineStatus');
    await picture.until(({ payloads }) => payloads.length > 0, 'the first picture');
    const before = picture.payloads.at(-1)?.total.total ?? 0;
    const reject = verdict('REJECT');
    await record(only(plant.nodes).client, [verdict('PASS'), reject]);
    await picture.until(({ payloads }) => payloads.at(-1)?.total.total === before + 2, 'the picture to follow');

    expect(picture.errors).toBeUndefined();
    expect(picture.payloads.at(-1)).toMatchObject({
      lastReject: { inspectionId: reject.id },
      line: { code: 'line-1' },
    });
    expect(picture.payloads.at(-1)?.edgeNodes).toHaveLength(1);
    expect(picture.payloads.at(-1)?.recent.length).toBe(before + 2);
  });
});
