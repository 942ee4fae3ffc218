/** What a case of the audit's contract is: a call of one mutation that succeeds, and the one entry that it must leave. */
import { encodeGlobalId } from '../../../server/kit/global-id.ts';
import type { TestServer } from '../../support/server.ts';
import type { TestClient } from '../../support/test-client.ts';
import type { AccessWorld } from '../access/access-world.ts';

export interface AuditWorld extends AccessWorld {
  server: TestServer;
  /** Ids and codes that one case leaves to later ones. */
  kept: Map<string, string>;
}

export type Values = Record<string, unknown>;
export type Result = Record<string, unknown>;

export interface ExpectedEntry {
  action: string;
  type: string;
  /** The key, not the global id. */
  id: unknown;
  detail: Record<string, unknown>;
  /** The plant of the world when left out. */
  plantId?: string | null;
  /** The caller when left out. */
  actor?: { kind: 'person' | 'token'; id: unknown };
}

export interface AuditCase {
  as: (world: AuditWorld) => TestClient | Promise<TestClient>;
  /** Prepares what the call needs; gives its input or arguments. */
  values: (world: AuditWorld) => Values | Promise<Values>;
  /** Of the payload, where later cases or the entry need it. */
  selection?: string;
  entry: (world: AuditWorld, result: Result) => ExpectedEntry;
}

export type AuditCases = Readonly<Record<string, AuditCase>>;

export const owner = (world: AuditWorld) => world.callers.administrator;
export const installer = (world: AuditWorld) => world.callers.installer;
export const approver = (world: AuditWorld) => world.callers.approver;
export const edgeNode = (world: AuditWorld) => world.callers.edge_node;

/** What an earlier case has kept. */
export function keptOf(world: AuditWorld, name: string): string {
  const value = world.kept.get(name);
  if (value === undefined) throw new Error(`no case before this one has kept "${name}"`);
  return value;
}

/** The key in a global id: of one with several parts the last. */
export function keyIn(globalId: unknown): string {
  const text = Buffer.from(String(globalId), 'base64url').toString();
  return text.slice(text.lastIndexOf(':') + 1);
}

/** The world's parts by their global ids. */
export function partsOf({ plant }: AuditWorld) {
  const [line] = plant.lines;
  const [station] = line?.stations ?? [];
  const [camera] = plant.cameras;
  const [node] = plant.nodes;
  if (!line || !station || !camera || !node) throw new Error('the plant lacks a part');
  return {
    plantId: plant.globalId,
    lineId: encodeGlobalId('Line', line.line.id),
    stationId: encodeGlobalId('Station', station.station.id),
    cameraId: encodeGlobalId('Camera', camera.id),
    nodeId: encodeGlobalId('EdgeNode', node.id),
  };
}
