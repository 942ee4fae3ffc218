/** A plant whose conditions a test observes, with the people who answer its alarms. */
import { act } from '../../../../server/kit/act.ts';
import {
  type Observation,
  observeConditions,
} from '../../../../server/modules/line/alarms/observe-conditions.service.ts';
import { createSeed, type SeededPlant } from '../../../support/seed.ts';
import type { TestServer } from '../../../support/server.ts';
import type { TestClient } from '../../../support/test-client.ts';

export const alarmFields = `id type priority state condition isActive raiseCount raisedAt lastRaisedAt returnedAt acknowledgedAt
  acknowledgedBy { name } shelving { kind until reason by { name } } outOfService { since reason by { name } }
  text(language: DE) { title cause consequence action } station { code } line { code } edgeNode { code } data`;

export interface Alarm {
  id: string;
  type: string;
  state: string;
  condition: string;
  raiseCount: number;
  [field: string]: unknown;
}

export interface AlarmPlant {
  plant: SeededPlant;
  operator: TestClient;
  engineer: TestClient;
  stationId: string;
  lineId: string;
  observe(...observations: Observation[]): Promise<void>;
  /** GATE_NOT_CONFIRMED of the station, now. */
  gate(state: Observation['state'], data?: Record<string, unknown>): Observation;
  /** DEAD_LETTERS of the first node, now. */
  deadLetters(state: Observation['state']): Observation;
  list(filter?: Record<string, unknown>): Promise<Alarm[]>;
  /** Throws unless there is exactly one. */
  only(): Promise<Alarm>;
  /** Kinds with the states that they tell of, in the order of the log. */
  events(): Promise<string[]>;
  /** Acts of people. */
  audited(): Promise<string[]>;
  /** Newest first. */
  historyOf(alarmId: string): Promise<Record<string, unknown>[]>;
}

/** The second of its two nodes serves nothing. */
export async function alarmPlant(server: TestServer): Promise<AlarmPlant> {
  const { db, services } = server;
  const plant = await createSeed(server).plant({ nodes: 2 });
  const operator = (await plant.person('operator')).client;
  const engineer = (await plant.person('quality_engineer')).client;
  const [seeded] = plant.lines;
  const stationId = seeded?.stations[0]?.station.id ?? '';
  const gate = (state: Observation['state'], data: Record<string, unknown> = {}): Observation => ({
    type: 'GATE_NOT_CONFIRMED',
    source: { kind: 'station', id: stationId },
    state,
    at: services.now(),
    data,
  });
  const list = async (filter: Record<string, unknown> = {}) => {
    const { alarms } = await operator.read<{ alarms: { edges: { node: Alarm }[] } }>(
      `query ($filter: AlarmFilter) { alarms(filter: $filter) { edges { node { ${alarmFields} } } } }`,
      { filter: { plantId: plant.globalId, ...filter } },
    );
    return alarms.edges.map(({ node }) => node);
  };
  return {
    ...{ plant, operator, engineer, stationId, lineId: seeded?.line.id ?? '', gate, list },
    observe: (...observations) => act(services, (scope) => observeConditions(scope, plant.row.id, observations)),
    deadLetters: (state) => ({
      ...gate(state),
      type: 'DEAD_LETTERS',
      source: { kind: 'edge_node', id: plant.nodes[0]?.id ?? '' },
    }),
    async only() {
      const [alarm, ...others] = await list();
      if (!alarm || others.length > 0) throw new Error(`${others.length} more`);
      return alarm;
    },
    async events() {
      const rows = await db
        .selectFrom('event')
        .select(['kind', 'data'])
        .where('plant_id', '=', plant.row.id)
        .orderBy('position')
        .execute();
      return rows.map(({ kind, data }) => `${kind} ${data.state ?? ''}`.trim());
    },
    async audited() {
      const rows = await db
        .selectFrom('audit')
        .select('action')
        .where('plant_id', '=', plant.row.id)
        .orderBy('seq')
        .execute();
      return rows.map(({ action }) => action);
    },
    async historyOf(id) {
      const { node } = await operator.read<{ node: { history: Record<string, unknown>[] } }>(
        'query ($id: ID!) { node(id: $id) { ... on Alarm { history { kind from to condition reason actor { kind name } } } } }',
        { id },
      );
      return node.history;
    },
  };
}
