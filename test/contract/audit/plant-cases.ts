/** The cases of the wing plant: each part is made, changed, retired from below and reinstated from above. */
import { expect } from 'vitest';
import { freshCode } from '../../support/seed.ts';
import {
  type AuditCase,
  type AuditCases,
  type AuditWorld,
  installer,
  keptOf,
  keyIn,
  owner,
  type Values,
} from './audit-case.ts';

interface Part {
  type: string;
  /** As the audit names it. */
  thing: string;
  /** Besides code and name. */
  with: (world: AuditWorld) => Values;
}

const inPlant = ({ plant }: AuditWorld) => ({ plantId: plant.globalId });
const pattern = { startsAt: '04:00', durationMin: 1, recurrence: 'FREQ=DAILY', validFrom: '2020-01-01' };

/** From above to below. */
const parts: readonly Part[] = [
  { type: 'Plant', thing: 'plant', with: () => ({ sector: 'GLASS', timeZone: 'Europe/Berlin' }) },
  { type: 'Area', thing: 'area', with: inPlant },
  { type: 'EdgeNode', thing: 'edge_node', with: inPlant },
  { type: 'Line', thing: 'line', with: (world) => ({ areaId: keptOf(world, 'Area') }) },
  { type: 'Station', thing: 'station', with: (world) => ({ lineId: keptOf(world, 'Line') }) },
  { type: 'Camera', thing: 'camera', with: (world) => ({ stationId: keptOf(world, 'Station') }) },
  { type: 'Product', thing: 'product', with: inPlant },
  { type: 'Recipe', thing: 'recipe', with: inPlant },
  { type: 'MaterialBatch', thing: 'material_batch', with: inPlant },
  { type: 'Shift', thing: 'shift', with: (world) => ({ ...inPlant(world), ...pattern }) },
];

const callerOf = ({ type }: Part) => (type === 'Plant' ? installer : owner);

/** Of a plant's own entry, the plant is its subject. */
const plantOf = (part: Part, world: AuditWorld) =>
  part.type === 'Plant' ? { plantId: keyIn(keptOf(world, 'Plant')) } : {};

function create(part: Part): AuditCase {
  return {
    as: callerOf(part),
    values(world) {
      world.kept.set(`${part.type} code`, freshCode('audited'));
      return { code: keptOf(world, `${part.type} code`), name: 'Made', ...part.with(world) };
    },
    selection: 'id',
    entry(world, { id }) {
      world.kept.set(part.type, String(id));
      const code = keptOf(world, `${part.type} code`);
      const after = expect.objectContaining({ code, name: 'Made' });
      const detail = { code, before: null, after };
      return { action: `${part.thing}.create`, type: part.type, id: keyIn(id), detail, ...plantOf(part, world) };
    },
  };
}

function change(part: Part, act: string, values: Values, before: Values, after: Values): AuditCase {
  return {
    as: callerOf(part),
    values: (world) => ({ id: keptOf(world, part.type), ...values }),
    entry(world) {
      const [type, id] = [part.type, keyIn(keptOf(world, part.type))];
      const detail = { code: keptOf(world, `${part.type} code`), before, after };
      return { action: `${part.thing}.${act}`, type, id, detail, ...plantOf(part, world) };
    },
  };
}

const [none, then] = [{ retiredAt: null }, { retiredAt: expect.any(String) }];

export const plantCases: AuditCases = {
  ...Object.fromEntries(parts.map((part) => [`create${part.type}`, create(part)])),
  ...Object.fromEntries(
    parts.map((part) => [
      `update${part.type}`,
      change(part, 'change', { name: 'Renamed' }, { name: 'Made' }, { name: 'Renamed' }),
    ]),
  ),
  ...Object.fromEntries(
    parts.toReversed().map((part) => [`retire${part.type}`, change(part, 'retire', {}, none, then)]),
  ),
  ...Object.fromEntries(parts.map((part) => [`reinstate${part.type}`, change(part, 'reinstate', {}, then, none)])),
  importPlantModel: {
    as: installer,
    values(world) {
      world.kept.set('imported code', freshCode('imported'));
      const yaml = `lehr: plant-model/1\nplant: { code: ${keptOf(world, 'imported code')}, name: Imported, sector: glass, timeZone: Europe/Berlin }\n`;
      world.kept.set('yaml', yaml);
      return { yaml, dryRun: false, missing: 'KEEP' };
    },
    selection: 'plant { id } sha256',
    entry(world, { plant, sha256 }) {
      const id = keyIn((plant as { id: string }).id);
      const counts = { created: 1, changed: 0, reinstated: 0, retired: 0 };
      const changes = [{ action: 'created', key: expect.any(String), fields: expect.any(Array) }];
      const detail = { code: keptOf(world, 'imported code'), sha256, ...counts, changes };
      return { action: 'plant.import_model', type: 'Plant', id, plantId: id, detail };
    },
  },
};
