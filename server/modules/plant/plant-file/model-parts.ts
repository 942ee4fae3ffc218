/** A plant model as a flat list of parts, each with a key that file and database agree on. Pure. */
import type { PlantModelTable } from '../parts/plants.table.ts';
import type { PlantModel, ShiftModel } from './model-schema.ts';

export type YamlPath = readonly (string | number)[];

export interface ModelPart {
  table: PlantModelTable;
  /** Unique in the plant: the table and the codes from the line down. */
  key: string;
  code: string;
  /** Where it stands in the file. */
  path: YamlPath;
  columns: Readonly<Record<string, unknown>>;
  /** Keys of the parts that it belongs to, by column; null for none. */
  parents: Readonly<Record<string, string | null>>;
  /** Tables of which the file lists all parts below this one. */
  lists: readonly PlantModelTable[];
}

export const plantKey = 'plant';

/** In the order in which they can be written: nothing before what it belongs to. */
export function partsOfModel(model: PlantModel): ModelPart[] {
  const { plant } = model;
  const inPlant = { plant_id: plantKey };
  const listed = <T>(items: readonly T[] | undefined, table: PlantModelTable) => (items === undefined ? [] : [table]);
  const parts: ModelPart[] = [
    {
      table: 'plant',
      key: plantKey,
      code: plant.code,
      path: ['plant'],
      columns: { name: plant.name, sector: plant.sector, time_zone: plant.timeZone },
      parents: {},
      lists: [
        ...listed(model.edgeNodes, 'edge_node'),
        ...listed(model.areas, 'area'),
        ...listed(model.products, 'product'),
        ...listed(model.recipes, 'recipe'),
        ...listed(model.batches, 'material_batch'),
        ...listed(model.shifts, 'shift'),
      ],
    },
  ];
  const add = (table: PlantModelTable, codes: readonly string[], path: YamlPath, rest: Partial<ModelPart>) => {
    const part = { columns: {}, parents: inPlant, lists: [], ...rest };
    parts.push({ table, key: partKey(table, codes), code: codes.at(-1) ?? '', path, ...part });
  };
  model.edgeNodes?.forEach(({ code, name }, at) => {
    add('edge_node', [code], ['edgeNodes', at], { columns: { name } });
  });
  model.areas?.forEach((area, areaAt) => {
    const areaPath = ['areas', areaAt];
    add('area', [area.code], areaPath, { columns: { name: area.name }, lists: listed(area.lines, 'line') });
    area.lines?.forEach((line, lineAt) => {
      const linePath = [...areaPath, 'lines', lineAt];
      add('line', [line.code], linePath, {
        columns: { name: line.name, target_rate_per_min: line.targetRatePerMin ?? null },
        parents: { ...inPlant, area_id: partKey('area', [area.code]) },
        lists: listed(line.stations, 'station'),
      });
      line.stations?.forEach((station, stationAt) => {
        const stationPath = [...linePath, 'stations', stationAt];
        const node = station.edgeNode === undefined ? null : partKey('edge_node', [station.edgeNode]);
        add('station', [line.code, station.code], stationPath, {
          columns: { name: station.name },
          parents: { ...inPlant, line_id: partKey('line', [line.code]), edge_node_id: node },
          lists: listed(station.cameras, 'camera'),
        });
        station.cameras?.forEach((camera, cameraAt) => {
          add('camera', [line.code, station.code, camera.code], [...stationPath, 'cameras', cameraAt], {
            columns: { name: camera.name },
            parents: { ...inPlant, station_id: partKey('station', [line.code, station.code]) },
          });
        });
      });
    });
  });
  model.products?.forEach(({ code, name }, at) => {
    add('product', [code], ['products', at], { columns: { name } });
  });
  model.recipes?.forEach(({ code, name }, at) => {
    add('recipe', [code], ['recipes', at], { columns: { name: name ?? null } });
  });
  model.batches?.forEach(({ code, name, supplier }, at) => {
    add('material_batch', [code], ['batches', at], { columns: { name: name ?? null, supplier: supplier ?? null } });
  });
  model.shifts?.forEach((shift, at) => {
    add('shift', [shift.code], ['shifts', at], { columns: { name: shift.name, ...shiftColumns(shift) } });
  });
  return parts;
}

export function partKey(table: PlantModelTable, codes: readonly string[]): string {
  return JSON.stringify([table, ...codes]);
}

/** Lists of days in order and without repetition, as they are stored. */
export function shiftColumns(shift: ShiftModel) {
  const days = (list: readonly string[] | undefined) => [...new Set(list ?? [])].sort();
  return {
    starts_at: shift.startsAt,
    duration_min: shift.durationMin,
    recurrence: shift.recurrence,
    valid_from: shift.validFrom,
    valid_to: shift.validTo ?? null,
    except_dates: days(shift.exceptDates),
    extra_dates: days(shift.extraDates),
  };
}
