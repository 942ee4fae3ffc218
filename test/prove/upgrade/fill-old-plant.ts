/** Fills a running plant of the old version over its API, so that as many tables as people can fill have rows. Speaks the old API's words. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DemoClient } from '../../plant/demo/graphql-client.ts';
import { type DemoPerson, personWith } from '../../plant/demo/people.ts';
import { signIn } from '../../plant/demo/setup-plant.ts';
import { createActs, newEventId, postAs, type Selected } from './old-acts.ts';

/** What people and machines hold when the old version stops; all of it has to work with the present one. */
export interface Holdings {
  /** Cookies of sessions by role. */
  sessions: Record<string, string>;
  /** Secrets of tokens by role. */
  tokens: { MES: string; EDGE_NODE: string };
  /** A token that was revoked, and the cookie of a session that was ended. */
  revoked: { token: string; session: string };
  /** The second node's station, and an event that it has told. */
  voice: { stationId: string; eventId: string };
  people: DemoPerson[];
}

const PLACES = `{
  plants { edges { node { id code lines { id code stations { id cameras { id } } } models { id versions { id approvals { id } } } } } }
  datasets(first: 1) { edges { node { id versions { id } } } }
}`;

interface Places {
  plants: {
    edges: {
      node: {
        id: string;
        code: string;
        lines: { id: string; code: string; stations: { id: string; cameras: { id: string }[] }[] }[];
        models: { id: string; versions: { id: string; approvals: { id: string }[] }[] }[];
      };
    }[];
  };
  datasets: { edges: { node: { id: string; versions: { id: string }[] } }[] };
}

const RUN_MS = 300_000;
const LABELLED = 12;

/**
 * The plant is one that `npm start` of the old version has set up: people, a line that runs, a trained model, a signed defect book.
 * `onEnoughImages` is called when no more pictures are needed.
 */
export async function fillOldPlant(
  url: string,
  people: DemoPerson[],
  report: (line: string) => void,
  onEnoughImages: () => void,
): Promise<Holdings> {
  const clients = new Map<string, DemoClient>();
  for (const person of people) clients.set(person.role, await signIn(url, person));
  const as = (role: string) => createActs(clients.get(role) ?? new DemoClient(url));
  const [admin, quality, ml, approver, operator] = [
    as('ADMINISTRATOR'),
    as('QUALITY_ENGINEER'),
    as('ML_ENGINEER'),
    as('APPROVER'),
    as('OPERATOR'),
  ];
  const places = await admin.query<Places>(PLACES);
  const plant = places.plants.edges[0]?.node;
  const line = plant?.lines[0];
  const camera = line?.stations[0]?.cameras[0];
  const approval = plant?.models[0]?.versions[0]?.approvals[0];
  const dataset = places.datasets.edges[0]?.node;
  if (!plant || !line || !camera || !approval || !dataset) throw new Error('the old plant is not set up');
  const plantId = plant.id;
  const passwordOf = (role: string) => personWith(people, role).password;

  // images of the lines that nobody has judged and no data set trains on
  const shas = await waitFor(async () => {
    const wanted = `plantId: "${plantId}", first: 60, filter: { labelState: [UNLABELLED] }`;
    const { poolImages } = await quality.query<Pool>(`{ poolImages(${wanted}) { edges { node { imageSha256 } } } }`);
    return poolImages.edges.length < LABELLED ? undefined : poolImages.edges.map(({ node }) => node.imageSha256);
  });
  onEnoughImages();

  report('filling: what the plant makes, machines, tokens');
  await admin.act('createProduct', { plantId, code: 'bottle-033', name: 'Bottle 0.33 l' });
  await admin.act('createRecipe', { plantId, code: 'recipe-033' });
  const batch = await admin.act(
    'createMaterialBatch',
    { plantId, code: 'sand-1', supplier: 'Sand & Söhne' },
    'MaterialBatch { id }',
  );
  await admin.act('createMaterialBatch', { plantId, code: 'sand-2', name: `Quoted ' and ", ünïcode` });
  await admin.actOn('retireMaterialBatch', { id: batch.id });
  const token = (name: string, more: object) =>
    admin.act('createToken', { plantId, name, ...more }, 'CreatedToken { secret token { id } }');
  const second = await admin.act('createEdgeNode', { plantId, code: 'node-2', name: 'Second' }, 'EdgeNode { id }');
  const stationValues = { lineId: line.id, code: 'second', name: 'Second', edgeNodeId: second.id };
  const station = await admin.act('createStation', stationValues, 'Station { id }');
  const mes = await token('MES', { role: 'MES' });
  const voice = await token('Voice', { role: 'EDGE_NODE', edgeNodeId: second.id });
  const gone = await token('Gone', { role: 'MES' });
  await admin.actOn('revokeToken', { tokenId: (gone.token as { id: string }).id });
  const leaver = await signIn(url, personWith(people, 'VIEWER'));
  const leaverCookie = leaver.headers().cookie ?? '';
  await leaver.run('mutation { signOut { __typename } }');

  report('filling: jobs, events, alarms');
  const job = {
    lineId: line.id,
    code: 'job-033',
    productCode: 'bottle-033',
    recipeCode: 'recipe-033',
    batchCode: 'sand-2',
  };
  await operator.act('startJob', job);
  await operator.act('endJob', { lineId: line.id, code: 'job-033' });
  const eventId = newEventId(Date.now());
  const events = [{ id: eventId, kind: 'GATE_NOT_CONFIRMED', stationId: station.id, partId: 'L9-1' }];
  await postAs(url, voice.secret, 'recordNodeEvents', '[NodeEventInput!]!', events);
  const from = new Date(Date.now() - 60_000).toISOString();
  const counts = { triggered: 9, accepted: 5, rejected: 1, bypassed: 1, unseen: 1, unknown: 0, inTransit: 1 };
  const count = {
    id: newEventId(Date.now() - 60_000),
    stationId: station.id,
    revision: 1,
    from,
    to: new Date().toISOString(),
  };
  await postAs(url, voice.secret, 'recordPartCounts', '[PartCountsInput!]!', [{ ...count, ...counts }]);
  const alarm = await waitFor(async () => {
    const filter = 'filter: { types: [GATE_NOT_CONFIRMED] }';
    const { alarms } = await admin.query<Edges>(`{ alarms(${filter}) { edges { node { id } } } }`);
    return alarms?.edges[0]?.node;
  });
  await operator.actOn('acknowledgeAlarm', { alarmId: alarm.id });
  await operator.act('shelveAlarm', { alarmId: alarm.id, minutes: 30, reason: 'the fitter is at the valve' });
  await quality.act('configureAlarm', { plantId, type: 'LATE_VERDICTS', priority: 2, reason: 'as the audit asks' });

  report('filling: pool, labels, capture, retention');
  await quality.act('tagPoolImages', { plantId, imageSha256s: shas.slice(0, 9), add: ['night', 'early'] });
  await quality.act('savePoolView', { plantId, name: 'Dark first', question: { sort: 'dark' }, isShared: true });
  await quality.act('setCameraSetup', { cameraId: camera.id, bands: { brightness: { min: 0.1, max: 0.9 } } });
  await quality.act('openCaptureQuota', {
    plantId,
    cell: { brightness: { min: 0.4, max: 0.6 } },
    probability: 0.5,
    wanted: 20,
  });
  await quality.act('setReviewSettings', { plantId, knownShare: 0.1 });
  await quality.act('openReview', { plantId, imageSha256s: shas.slice(0, LABELLED), purpose: 'LABEL' });
  const claimed = await quality.act(
    'claimReviewItems',
    { plantId, count: LABELLED, purposes: ['LABEL'], filter: { labelState: ['UNLABELLED'] } },
    'ReviewItemsPayload { items { id poolImage { imageSha256 } } }',
  );
  const claims = claimed.items as { id: string; poolImage: { imageSha256: string } }[];
  const items = claims.map(({ id, poolImage: { imageSha256 } }) => ({ id, imageSha256 }));
  const sketch = items.pop();
  for (const [index, { id, imageSha256 }] of items.entries()) {
    const box = { x: 1, y: 1, width: 20, height: 20 };
    const isBad = index % 3 === 0;
    const what = isBad ? { regions: [{ classCode: 'blister', box }] } : { label: 'good' };
    await quality.act('annotateImage', { plantId, reviewItemId: id, imageSha256, ...what, elapsedMs: 900 });
    await ml.act('annotateImage', { plantId, imageSha256, ...what });
  }
  const document = { strokes: [1, 2, 3] };
  if (sketch) await quality.act('saveReviewSketch', { plantId, imageSha256: sketch.imageSha256, document });
  const decided = items.map(({ imageSha256 }) => imageSha256);
  await quality.act('addGoldenImages', { plantId, imageSha256s: decided.slice(0, 2) });
  await quality.act('addKnownAnswers', { plantId, imageSha256s: decided.slice(2, 4) });
  const book = await quality.act('openDefectBook', { plantId, template: 'GLASS' }, 'DefectBook { id }');
  const example = { defectBookId: book.id, code: 'blister', imageSha256: decided[0], isDefect: true, note: 'typical' };
  await quality.act('putDefectExample', example);
  const { inspections } = await quality.query<Edges>(
    '{ inspections(first: 1, filter: { verdicts: [PASS] }) { edges { node { id } } } }',
  );
  const inspectionId = inspections?.edges[0]?.node.id;
  await operator.act('suggestLabel', { inspectionId, kind: 'WAS_BAD' });
  await admin.act('setRetentionRules', { plantId, rules: [{ kind: 'PASS', keepDays: 30 }] });
  await admin.act('startRetentionDryRun', { plantId });

  report('filling: datasets, exports, imports, people');
  const own = await ml.act('createDataset', { plantId, code: 'decided', name: 'Decided' }, 'Dataset { id }');
  const draft = await ml.actOn('createDatasetVersion', { datasetId: own.id }, 'DatasetVersion { id }');
  const members = decided.slice(4).map((imageSha256) => ({ imageSha256, split: 'TRAIN' }));
  await ml.act('addDatasetItems', { datasetVersionId: draft.id, items: members });
  await ml.actOn('checkDatasetVersion', { datasetVersionId: draft.id });
  const frozen = dataset.versions[0]?.id;
  const set = await ml.act(
    'startDatasetExport',
    { datasetVersionId: frozen, format: 'FOLDERS' },
    'DatasetExport { id }',
  );
  const results = { filter: { lineId: line.id }, format: 'CSV' };
  const table = await ml.act('startInspectionExport', results, 'InspectionExport { id }');
  /** Gives the fields of the run that ended well. */
  const ended = async (id: unknown, type: string, fields = 'state') =>
    await waitFor(async () => {
      const { node } = await ml.query<{ node: Selected }>(
        `{ node(id: "${id}") { ... on ${type} { state ${fields} } } }`,
      );
      if (node.state === 'FAILED') throw new Error(`the old server's ${type} failed`);
      return node.state === 'SUCCEEDED' ? node : undefined;
    });
  const exported = await ended(set.id, 'DatasetExport', 'url');
  await ended(table.id, 'InspectionExport');
  const headers = clients.get('ML_ENGINEER')?.headers() ?? {};
  const archive = await fetch(new URL(String(exported.url), url), { headers }).then((answer) => answer.arrayBuffer());
  const body = new Uint8Array(archive);
  const upload = { method: 'PUT', headers: { ...headers, 'content-type': 'application/zip' }, body };
  const sent = await fetch(new URL(`/imports/${plant.code}/old-set.zip`, url), upload);
  if (!sent.ok) throw new Error(`the old server refused the archive: ${sent.status} ${await sent.text()}`);
  const source = { plantId, source: 'old-set.zip', format: 'FOLDERS', labels: 'SUGGEST' };
  const taken = await ml.act('startDatasetImport', source, 'DatasetImport { id }');
  await ended(taken.id, 'DatasetImport');
  await approver.act('assignModel', { cameraId: camera.id, approvalId: approval.id, isShadow: true });
  const viewer = await admin.query<{ people: { edges: { node: { id: string; email: string } }[] } }>(
    '{ people { edges { node { id email } } } }',
  );
  const viewerId = viewer.people.edges.find(({ node }) => node.email.startsWith('viewer'))?.node.id;
  await admin.actOn('createPasswordReset', { personId: viewerId });
  const next = { ...personWith(people, 'OPERATOR'), password: `${passwordOf('OPERATOR')}-changed` };
  await operator.act('changePassword', { oldPassword: passwordOf('OPERATOR'), newPassword: next.password });

  report('filling: the pool is compared');
  await waitFor(async () => {
    const compared = `plantId: "${plantId}", first: 1, filter: { uniqueness: { min: 0 } }`;
    const { poolImages } = await quality.query<Pool>(`{ poolImages(${compared}) { edges { node { imageSha256 } } } }`);
    return poolImages.edges[0];
  });

  const cookies = [...clients].map(([role, client]): [string, string] => [role, client.headers().cookie ?? '']);
  return {
    sessions: Object.fromEntries(cookies),
    tokens: { MES: String(mes.secret), EDGE_NODE: String(voice.secret) },
    revoked: { token: String(gone.secret), session: leaverCookie },
    voice: { stationId: String(station.id), eventId },
    people: people.map((person) => (person.role === 'OPERATOR' ? next : person)),
  };
}

type Edges = Record<string, { edges: { node: { id: string } }[] } | undefined>;
interface Pool {
  poolImages: { edges: { node: { imageSha256: string } }[] };
}

async function waitFor<T>(find: () => Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + RUN_MS;
  for (;;) {
    const found = await find();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error('the old server did not finish in time');
    await sleep(200);
  }
}
