/** Writes a plant's parts as a file: the same parts give the same bytes, on every database. Pure. */
import { stringify } from 'yaml';
import type { PlantModelRows, PlantModelTable } from '../parts/plants.table.ts';
import { fileFormat, type PlantModel } from './model-schema.ts';

/** Every part of one plant that is in use. */
export type PlantParts = { [T in Exclude<PlantModelTable, 'plant'>]: readonly PlantModelRows[T][] } & {
  plant: PlantModelRows['plant'];
};

const head = `# The model of a plant: what it consists of, what it makes and when it works.
# Import it to make this plant on another server, or to change it: parts are found by their codes.
# A list that is left out stays as it is; a value that is left out is none.
# People, roles, tokens and the keys of edge nodes are not in here: they are secrets of one server.
`;

export function writePlantModel(parts: PlantParts): string {
  // long texts stay on their line: a fold would depend on its width
  return `${head}${stringify(modelOf(parts), { lineWidth: 0, aliasDuplicateObjects: false, version: '1.2' })}`;
}

function modelOf(parts: PlantParts): PlantModel {
  const { plant } = parts;
  const nodes = new Map(parts.edge_node.map((node) => [node.id, node.code]));
  return {
    lehr: fileFormat,
    plant: { code: plant.code, name: plant.name, sector: plant.sector, timeZone: plant.time_zone },
    edgeNodes: byCode(parts.edge_node).map(({ code, name }) => ({ code, name })),
    areas: byCode(parts.area).map((area) => ({
      code: area.code,
      name: area.name,
      lines: byCode(parts.line.filter((line) => line.area_id === area.id)).map((line) => ({
        code: line.code,
        name: line.name,
        ...(line.target_rate_per_min === null ? {} : { targetRatePerMin: line.target_rate_per_min }),
        stations: byCode(parts.station.filter((station) => station.line_id === line.id)).map((station) => {
          const edgeNode = station.edge_node_id === null ? undefined : nodes.get(station.edge_node_id);
          return {
            code: station.code,
            name: station.name,
            ...(edgeNode === undefined ? {} : { edgeNode }),
            cameras: byCode(parts.camera.filter((camera) => camera.station_id === station.id)).map(
              ({ code, name }) => ({ code, name }),
            ),
          };
        }),
      })),
    })),
    products: byCode(parts.product).map(({ code, name }) => ({ code, name })),
    recipes: byCode(parts.recipe).map(({ code, name }) => ({ code, ...(name === null ? {} : { name }) })),
    batches: byCode(parts.material_batch).map(({ code, name, supplier }) => ({
      code,
      ...(name === null ? {} : { name }),
      ...(supplier === null ? {} : { supplier }),
    })),
    shifts: byCode(parts.shift).map((shift) => ({
      code: shift.code,
      name: shift.name,
      startsAt: shift.starts_at,
      durationMin: shift.duration_min,
      recurrence: shift.recurrence,
      validFrom: shift.valid_from,
      ...(shift.valid_to === null ? {} : { validTo: shift.valid_to }),
      exceptDates: shift.except_dates,
      extraDates: shift.extra_dates,
    })),
  };
}

/** By code units: the order of a database depends on its locale. */
function byCode<Row extends { code: string }>(rows: readonly Row[]): Row[] {
  return rows.toSorted((a, b) => (a.code < b.code ? -1 : 1));
}
