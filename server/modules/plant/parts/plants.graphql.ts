/** The plant's types after ISA-95: names and shapes only; what a caller may see is in `plants.service.ts`. */
import { READERS, READERS_AND_NODES } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { AreaRef, CameraRef, EdgeNodeRef, LineRef, PlantRef, ProductRef, StationRef } from './plants.ref.ts';
import { findVisible, loadOptionalPart, loadPart, loadPartsOf } from './plants.service.ts';
import type { SectorName } from './plants.table.ts';

const readers = { roles: READERS };
const readersAndNodes = { roles: READERS_AND_NODES };
const includeRetiredText = 'Those that have been retired, too.';

export const SectorEnum = builder.enumType('Sector', {
  description: 'What a plant makes.',
  values: {
    GLASS: { value: 'glass' as SectorName, description: 'Containers, flat or special glass.' },
    PACKAGING: { value: 'packaging' as SectorName, description: 'Packages and their printing.' },
    PHARMA: { value: 'pharma' as SectorName, description: 'Pharmaceutical products.' },
    FOOD: { value: 'food' as SectorName, description: 'Food and drink.' },
    OTHER: { value: 'other' as SectorName, description: 'Anything else.' },
  },
});

builder.node(PlantRef, {
  description: 'A site of production (ISA-95: site).',
  authScopes: readersAndNodes,
  id: { resolve: (plant) => plant.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findVisible(context, 'plant', ids),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Short name in paths and configurations; never changes.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    sector: t.expose('sector', { type: SectorEnum, description: 'What it makes.' }),
    timeZone: t.exposeString('time_zone', { description: 'IANA time zone of its clocks and calendar.' }),
    createdAt: t.expose('created_at', { type: 'DateTime', description: 'When it was set up.' }),
    areas: t.field({
      type: [AreaRef],
      description: 'Its areas, by code.',
      authScopes: readers,
      args: { includeRetired: t.arg.boolean({ description: includeRetiredText }) },
      resolve: (plant, { includeRetired }, context) =>
        loadPartsOf(context, 'area', 'plant_id', plant.id, includeRetired === true),
    }),
    lines: t.field({
      type: [LineRef],
      description: 'Its lines, by code.',
      authScopes: readers,
      args: { includeRetired: t.arg.boolean({ description: includeRetiredText }) },
      resolve: (plant, { includeRetired }, context) =>
        loadPartsOf(context, 'line', 'plant_id', plant.id, includeRetired === true),
    }),
    edgeNodes: t.field({
      type: [EdgeNodeRef],
      description: 'Its edge nodes, by code.',
      authScopes: readers,
      args: { includeRetired: t.arg.boolean({ description: includeRetiredText }) },
      resolve: (plant, { includeRetired }, context) =>
        loadPartsOf(context, 'edge_node', 'plant_id', plant.id, includeRetired === true),
    }),
    products: t.field({
      type: [ProductRef],
      description: 'What it makes, by code.',
      authScopes: readers,
      args: { includeRetired: t.arg.boolean({ description: includeRetiredText }) },
      resolve: (plant, { includeRetired }, context) =>
        loadPartsOf(context, 'product', 'plant_id', plant.id, includeRetired === true),
    }),
  }),
});

builder.node(AreaRef, {
  description: 'A part of a plant that holds lines (ISA-95: area).',
  authScopes: readers,
  id: { resolve: (area) => area.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findVisible(context, 'area', ids),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique in the plant.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    plant: t.field({
      type: PlantRef,
      description: 'The plant it belongs to.',
      resolve: (area, _args, context) => loadPart(context, 'plant', area.plant_id),
    }),
    lines: t.field({
      type: [LineRef],
      description: 'Its lines, by code.',
      args: { includeRetired: t.arg.boolean({ description: includeRetiredText }) },
      resolve: (area, { includeRetired }, context) =>
        loadPartsOf(context, 'line', 'area_id', area.id, includeRetired === true),
    }),
  }),
});

builder.node(LineRef, {
  description: 'A production line (ISA-95: work centre).',
  authScopes: readersAndNodes,
  id: { resolve: (line) => line.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findVisible(context, 'line', ids),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique in the plant.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    targetRatePerMin: t.exposeFloat('target_rate_per_min', {
      nullable: true,
      description: 'Parts a minute that it is meant to make.',
    }),
    plant: t.field({
      type: PlantRef,
      description: 'The plant it belongs to.',
      resolve: (line, _args, context) => loadPart(context, 'plant', line.plant_id),
    }),
    area: t.field({
      type: AreaRef,
      description: 'The area it stands in.',
      authScopes: readers,
      resolve: (line, _args, context) => loadPart(context, 'area', line.area_id),
    }),
    stations: t.field({
      type: [StationRef],
      description: 'Its inspection points, by code.',
      authScopes: readers,
      args: { includeRetired: t.arg.boolean({ description: includeRetiredText }) },
      resolve: (line, { includeRetired }, context) =>
        loadPartsOf(context, 'station', 'line_id', line.id, includeRetired === true),
    }),
  }),
});

builder.node(StationRef, {
  description: 'One inspection point on a line: one or more cameras and at most one gate.',
  authScopes: readersAndNodes,
  id: { resolve: (station) => station.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findVisible(context, 'station', ids),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique on the line.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    line: t.field({
      type: LineRef,
      description: 'The line it stands at.',
      resolve: (station, _args, context) => loadPart(context, 'line', station.line_id),
    }),
    edgeNode: t.field({
      type: EdgeNodeRef,
      nullable: true,
      description: 'The node that serves it.',
      resolve: (station, _args, context) => loadOptionalPart(context, 'edge_node', station.edge_node_id),
    }),
    cameras: t.field({
      type: [CameraRef],
      description: 'Its cameras, by code.',
      args: { includeRetired: t.arg.boolean({ description: includeRetiredText }) },
      resolve: (station, { includeRetired }, context) =>
        loadPartsOf(context, 'camera', 'station_id', station.id, includeRetired === true),
    }),
  }),
});

builder.node(CameraRef, {
  description: 'A camera of a station.',
  authScopes: readersAndNodes,
  id: { resolve: (camera) => camera.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findVisible(context, 'camera', ids),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique at the station.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
    station: t.field({
      type: StationRef,
      description: 'The station it looks at.',
      resolve: (camera, _args, context) => loadPart(context, 'station', camera.station_id),
    }),
  }),
});

builder.node(ProductRef, {
  description: 'What is made.',
  authScopes: readers,
  id: { resolve: (product) => product.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => findVisible(context, 'product', ids),
  fields: (t) => ({
    code: t.exposeString('code', { description: 'Unique in the plant, as machine and MES write it.' }),
    name: t.exposeString('name', { description: 'What people call it.' }),
  }),
});
