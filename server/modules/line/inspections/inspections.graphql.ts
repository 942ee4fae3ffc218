/** Inspections in the schema: names and shapes only; what a caller may see is in `inspections.service.ts`. */
import { factors, machineNumbers, wordNames } from '#schema/production-context.ts';
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { imageUrl } from '../../../kit/paths.ts';
import { recordOf } from '../../../kit/record-of.ts';
import { encodeCursor } from '../../../live/stream-cursor.ts';
import {
  CameraRef,
  EdgeNodeRef,
  LineRef,
  MaterialBatchRef,
  ProductRef,
  RecipeRef,
  StationRef,
} from '../../plant/parts/plants.ref.ts';
import { loadOptionalPart, loadPart } from '../../plant/parts/plants.service.ts';
import { JobRef } from '../production-runs/production-runs.ref.ts';
import { loadProduction } from '../production-runs/production-runs.service.ts';
import { SignalRef } from '../signals/signals.ref.ts';
import { InspectionRef, VerdictEnum } from './inspections.ref.ts';
import { findInspections, loadDefects, type ReadInspection } from './inspections.service.ts';
import type { InspectionDefectRow } from './inspections.table.ts';

const readers = { roles: READERS };

const BoxRef = builder.objectRef<InspectionDefectRow>('Box').implement({
  description: 'A rectangle as shares of the image’s width and height.',
  authScopes: readers,
  fields: (t) => ({
    x: t.exposeFloat('box_x', { description: 'Left edge, from the left.' }),
    y: t.exposeFloat('box_y', { description: 'Upper edge, from the top.' }),
    width: t.exposeFloat('box_width', { description: 'Share of the width.' }),
    height: t.exposeFloat('box_height', { description: 'Share of the height.' }),
  }),
});

const DefectRef = builder.objectRef<InspectionDefectRow>('Defect').implement({
  description: 'A place on a part that the model points to.',
  authScopes: readers,
  fields: (t) => ({
    class: t.exposeString('class', { description: 'Kind of defect; an anomaly model knows only one.' }),
    score: t.exposeFloat('score', { description: '0 to 1.' }),
    box: t.field({ type: BoxRef, description: 'What surrounds it.', resolve: (defect) => defect }),
    outline: t.exposeFloatList('outline', {
      nullable: true,
      description: 'x1, y1, x2, y2 … as shares of the image’s width and height.',
    }),
  }),
});

const ImageStatsRef = builder
  .objectRef<{ brightness: number; contrast: number; colourCast: number; sharpness: number }>('ImageStats')
  .implement({
    description: 'What the image itself says of lighting and focus.',
    authScopes: readers,
    fields: (t) => ({
      brightness: t.exposeFloat('brightness', { description: 'Mean of luma, 0 to 1.' }),
      contrast: t.exposeFloat('contrast', { description: 'Standard deviation of luma, 0 to 1.' }),
      colourCast: t.exposeFloat('colourCast', { description: 'Distance of the mean chroma from grey, 0 to 1.' }),
      sharpness: t.exposeFloat('sharpness', { description: 'Variance of the Laplacian of luma (0 to 255).' }),
    }),
  });

const PartPositionRef = builder
  .objectRef<{ offsetXPx: number; offsetYPx: number; rotationDeg: number }>('PartPosition')
  .implement({
    description: 'Offset and rotation of the part against the recipe’s reference.',
    authScopes: readers,
    fields: (t) => ({
      offsetXPx: t.exposeFloat('offsetXPx', { description: 'To the right, in pixels.' }),
      offsetYPx: t.exposeFloat('offsetYPx', { description: 'Downwards, in pixels.' }),
      rotationDeg: t.exposeFloat('rotationDeg', { description: 'Clockwise, in degrees.' }),
    }),
  });

const InspectionContextRef = builder.objectRef<ReadInspection>('InspectionContext').implement({
  description: 'The machine at the moment of capture, joined by source time.',
  authScopes: readers,
  fields: (t) => ({
    ...recordOf(wordNames, (name) =>
      t.exposeString(factors[name].column, { nullable: true, description: `${factors[name].words}.` }),
    ),
    ...recordOf(machineNumbers, (name) =>
      t.exposeFloat(factors[name].column, { nullable: true, description: `${factors[name].words}.` }),
    ),
    signals: t.field({
      type: [SignalRef],
      description: 'Every mapped signal, by name.',
      resolve: ({ signals }) => Object.entries(signals ?? {}).map(([name, signal]) => ({ name, ...signal })),
    }),
  }),
});

builder.node(InspectionRef, {
  description: 'One image of one part, and what the model said of it.',
  authScopes: readers,
  id: { resolve: (row) => `${row.plant_id}:${row.id}`, description: 'Global id; carries the plant.' },
  loadManyWithoutCache: (keys: string[], context) => findInspections(context, keys),
  fields: (t) => ({
    inspectionId: t.expose('id', {
      type: 'UUID',
      description: 'The UUIDv7 that the edge made at the moment of capture.',
    }),
    cursor: t.field({
      type: 'StreamCursor',
      description: 'Its place in the stream of its line.',
      resolve: (row) => encodeCursor({ kind: 'inspection', id: row.line_id }, row.position),
    }),
    capturedAt: t.expose('captured_at', { type: 'DateTime', description: 'By the edge node’s clock.' }),
    receivedAt: t.expose('received_at', { type: 'DateTime', description: 'By the server’s clock.' }),
    verdict: t.expose('verdict', { type: VerdictEnum, description: 'What the model says.' }),
    score: t.exposeFloat('score', { description: '0 to 1; calibrated, 0.5 is the reject threshold.' }),
    latencyMs: t.exposeFloat('latency_ms', { description: 'From capture to verdict.' }),
    partId: t.exposeString('part_id', { nullable: true, description: 'What the machine calls the part.' }),
    context: t.field({
      type: InspectionContextRef,
      description: 'The machine at the moment of capture.',
      resolve: (row) => row,
    }),
    imageStats: t.field({
      type: ImageStatsRef,
      nullable: true,
      description: 'What the image itself says of lighting and focus.',
      resolve: ({ brightness, contrast, colour_cast, sharpness }) =>
        brightness === null || contrast === null || colour_cast === null || sharpness === null
          ? null
          : { brightness, contrast, colourCast: colour_cast, sharpness },
    }),
    position: t.field({
      type: PartPositionRef,
      nullable: true,
      description: 'How the part lay.',
      resolve: ({ offset_x_px, offset_y_px, rotation_deg }) =>
        offset_x_px === null || offset_y_px === null || rotation_deg === null
          ? null
          : { offsetXPx: offset_x_px, offsetYPx: offset_y_px, rotationDeg: rotation_deg },
    }),
    defects: t.field({
      type: [DefectRef],
      description: 'What the model points to, in the order reported.',
      resolve: (row, _args, context) => loadDefects(context, row),
    }),
    imageSha256: t.expose('image_sha256', {
      type: 'Sha256',
      nullable: true,
      description: 'SHA-256 of the image; null when none was kept.',
    }),
    imageUrl: t.string({
      nullable: true,
      description: 'Path of the image on this server, also before it has arrived (404 until then).',
      resolve: async (row, _args, context) =>
        row.image_sha256 === null
          ? null
          : imageUrl((await loadPart(context, 'plant', row.plant_id)).code, row.image_sha256.toString('hex')),
    }),
    line: t.field({
      type: LineRef,
      description: 'Where it was made.',
      resolve: (row, _args, context) => loadPart(context, 'line', row.line_id),
    }),
    station: t.field({
      type: StationRef,
      description: 'Where it was looked at.',
      resolve: (row, _args, context) => loadPart(context, 'station', row.station_id),
    }),
    camera: t.field({
      type: CameraRef,
      description: 'What took the image.',
      resolve: (row, _args, context) => loadPart(context, 'camera', row.camera_id),
    }),
    edgeNode: t.field({
      type: EdgeNodeRef,
      nullable: true,
      description: 'What reported it.',
      resolve: (row, _args, context) => loadOptionalPart(context, 'edge_node', row.edge_node_id),
    }),
    product: t.field({
      type: ProductRef,
      nullable: true,
      description: 'What was made.',
      resolve: (row, _args, context) => loadOptionalPart(context, 'product', row.product_id),
    }),
    recipe: t.field({
      type: RecipeRef,
      nullable: true,
      description: 'What the machine ran with.',
      resolve: (row, _args, context) => loadProduction(context, 'recipe', row.recipe_id),
    }),
    batch: t.field({
      type: MaterialBatchRef,
      nullable: true,
      description: 'What it was made from.',
      resolve: (row, _args, context) => loadProduction(context, 'material_batch', row.batch_id),
    }),
    job: t.field({
      type: JobRef,
      nullable: true,
      description: 'The run it belongs to.',
      resolve: (row, _args, context) => loadProduction(context, 'job', row.job_id),
    }),
  }),
});
