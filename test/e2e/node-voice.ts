/** An edge node of which only the voice is there: what it reports once a second and tells over the API, as a test says. */
import { newId } from '../../server/kit/ids.ts';
import { type DemoClient, input } from '../plant/demo/graphql-client.ts';

const HEARTBEAT_MS = 1_000;

export interface NodeVoice {
  /** From now on its state is that of a node in good health with what the test says instead; it is reported at once and then again and again. */
  report(instead: Record<string, unknown>): Promise<void>;
  /** As `report`, with what its machine says instead. */
  reportMachine(instead: Record<string, unknown>): Promise<void>;
  /** An event of its one station, now. */
  tell(kind: string, more: Record<string, unknown>): Promise<void>;
  /** Whether a person has asked it to send again what was refused. */
  retryAsked(): Promise<boolean>;
  fallSilent(): void;
}

interface Places {
  plants: {
    edges: {
      node: {
        edgeNodes: { id: string; stations: { id: string; line: { id: string }; cameras: { id: string }[] }[] }[];
      };
    }[];
  };
}

const PLACES = '{ plants { edges { node { edgeNodes { id stations { id line { id } cameras { id } } } } } } }';

/** Speaks with a token that the administrator makes for the plant's first node. */
export async function openNodeVoice(admin: DemoClient, plantId: string): Promise<NodeVoice> {
  const { plants } = await admin.run<Places>(PLACES, {});
  const node = plants.edges[0]?.node.edgeNodes[0];
  const station = node?.stations[0];
  const camera = station?.cameras[0];
  if (!node || !station || !camera) throw new Error('the plant has no node with a camera');
  const wanted = { plantId, name: 'voice', edgeNodeId: node.id, role: 'EDGE_NODE' };
  const { secret } = await admin.act<{ secret: string }>(
    'createToken',
    'CreatedToken',
    'secret',
    ...input('createToken', wanted),
  );

  async function say(field: string, type: string, value: unknown): Promise<void> {
    const query = `mutation ($input: ${type}) { said: ${field}(input: $input) { __typename ... on Error { message } } }`;
    const response = await fetch(`${admin.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
      body: JSON.stringify({ query, variables: { input: value } }),
    });
    const { data, errors } = (await response.json()) as { data?: { said: { message?: string } }; errors?: unknown };
    if (errors || data?.said.message) throw new Error(`${field}: ${JSON.stringify(errors ?? data)}`);
  }

  const startedAt = new Date().toISOString();
  const machine = {
    ...{ lineId: station.line.id, quality: 'GOOD', state: 'Execute', mode: 'Produce', signals: [], isConnected: true },
    ...{ clockOffsetMs: 3.9, clockUncertaintyMs: 6.4, security: 'Basic256Sha256 SignAndEncrypt' },
  };
  const status = (instead: Record<string, unknown>) => ({
    ...{ sentAt: new Date().toISOString(), startedAt, version: '1.2.3', machineConnected: true },
    ...{ outboxResults: 0, outboxImages: 0, outboxLimitShare: 0, deadLetters: 0, droppedFrames: 0 },
    cameras: [{ cameraId: camera.id, framesTaken: 12 }],
    machines: [machine],
    gates: [{ stationId: station.id, mode: 'ACTIVE', isEnabled: true, isTracking: true, confirmed: 9 }],
    ...instead,
  });
  const beat = (instead: Record<string, unknown>) => say('reportNodeStatus', 'ReportNodeStatusInput!', status(instead));
  let timer: NodeJS.Timeout | undefined;
  const report = (instead: Record<string, unknown>) => {
    clearInterval(timer);
    // A beat that the server missed is the next one's to make good.
    timer = setInterval(() => void beat(instead).catch(() => {}), HEARTBEAT_MS);
    return beat(instead);
  };
  return {
    report,
    reportMachine: (instead) => report({ machines: [{ ...machine, ...instead }] }),
    fallSilent: () => clearInterval(timer),
    tell: (kind, more) =>
      say('recordNodeEvents', '[NodeEventInput!]!', [{ id: newId(), kind, stationId: station.id, ...more }]),
    retryAsked: async () => {
      const asked = 'query ($id: ID!) { node(id: $id) { ... on EdgeNode { deadLetterRetryAt } } }';
      const { node: now } = await admin.run<{ node: { deadLetterRetryAt: string | null } }>(asked, { id: node.id });
      return now.deadLetterRetryAt !== null;
    },
  };
}
