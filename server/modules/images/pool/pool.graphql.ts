/** Images of the pool in the schema: names and shapes only. */
import { factors, wordNames } from '#schema/production-context.ts';
import { READERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { recordOf } from '../../../kit/record-of.ts';
import { CaptureReasonEnum, InspectionRef, VerdictEnum } from '../../line/inspections/inspections.ref.ts';
import type { CaptureReason } from '../../line/inspections/inspections.table.ts';
import { JobRef } from '../../line/production-runs/production-runs.ref.ts';
import { loadProduction } from '../../line/production-runs/production-runs.service.ts';
import {
  CameraRef,
  LineRef,
  MaterialBatchRef,
  PlantRef,
  ProductRef,
  RecipeRef,
  StationRef,
} from '../../plant/parts/plants.ref.ts';
import { loadOptionalPart, loadPart } from '../../plant/parts/plants.service.ts';
import { ImageRef } from '../store/images.ref.ts';
import { loadImage } from '../store/images.service.ts';
import { LabelStateEnum, PoolImageRef, PoolOriginEnum } from './pool.ref.ts';
import { findPoolImages, loadNamingInspection, loadPoolImage } from './pool.service.ts';
import type { PoolImageRow } from './pool.table.ts';
import { namesOf, QUANTITIES, SCORES } from './pool-fields.ts';

const readers = { roles: READERS };

const ImageQualityRef = builder.objectRef<PoolImageRow>('ImageQuality').implement({
  description:
    'How good an image is as data: scores from 0 (as bad as it gets) to 1; null where nothing has measured it yet.',
  authScopes: readers,
  fields: (t) =>
    recordOf(namesOf(SCORES), (name) =>
      t.exposeFloat(SCORES[name].column, { nullable: true, description: `${SCORES[name].words}.` }),
    ),
});

builder.node(PoolImageRef, {
  description: 'An image that was kept, with where it comes from, what was measured on it and what people say of it.',
  authScopes: readers,
  id: {
    resolve: (row) => `${row.plant_id}:${row.image_sha256.toString('hex')}`,
    description: 'Global id; carries the plant.',
  },
  loadManyWithoutCache: (keys: string[], context) => findPoolImages(context, keys),
  fields: (t) => ({
    imageSha256: t.expose('image_sha256', { type: 'Sha256', description: 'SHA-256 of its bytes.' }),
    plant: t.field({
      type: PlantRef,
      description: 'Whose image it is.',
      resolve: (row, _args, context) => loadPart(context, 'plant', row.plant_id),
    }),
    image: t.field({
      type: ImageRef,
      description: 'The stored image.',
      resolve: async (row, _args, context) => {
        const image = await loadImage(context, row.plant_id, row.image_sha256);
        if (!image) throw new Error('An image of the pool has no row of its own.');
        return image;
      },
    }),
    origin: t.expose('origin', { type: PoolOriginEnum, description: 'How it came.' }),
    importId: t.expose('import_id', { type: 'UUID', nullable: true, description: 'The import that brought it.' }),
    sourcePath: t.exposeString('source_path', { nullable: true, description: 'Where in the imported set it lay.' }),
    capturedAt: t.expose('captured_at', {
      type: 'DateTime',
      description: 'Of the inspection; else what the import says, or when it arrived.',
    }),
    receivedAt: t.expose('received_at', { type: 'DateTime', description: 'When it arrived.' }),
    width: t.exposeInt('width', { description: 'In pixels.' }),
    height: t.exposeInt('height', { description: 'In pixels.' }),
    sizeBytes: t.exposeInt('size_bytes', { description: 'Size of the file.' }),
    inspection: t.field({
      type: InspectionRef,
      nullable: true,
      description: 'The first that named it; null while none has.',
      resolve: (row, _args, context) => loadNamingInspection(context, row),
    }),
    line: t.field({
      type: LineRef,
      nullable: true,
      description: 'Where it was made.',
      resolve: (row, _args, context) => loadOptionalPart(context, 'line', row.line_id),
    }),
    station: t.field({
      type: StationRef,
      nullable: true,
      description: 'Where it was looked at.',
      resolve: (row, _args, context) => loadOptionalPart(context, 'station', row.station_id),
    }),
    camera: t.field({
      type: CameraRef,
      nullable: true,
      description: 'What took it.',
      resolve: (row, _args, context) => loadOptionalPart(context, 'camera', row.camera_id),
    }),
    job: t.field({
      type: JobRef,
      nullable: true,
      description: 'The run it belongs to.',
      resolve: (row, _args, context) => loadProduction(context, 'job', row.job_id),
    }),
    product: t.field({
      type: ProductRef,
      nullable: true,
      description: 'What it shows.',
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
      description: 'What the part was made from.',
      resolve: (row, _args, context) => loadProduction(context, 'material_batch', row.batch_id),
    }),
    partId: t.exposeString('part_id', { nullable: true, description: 'What the machine calls the part.' }),
    verdict: t.expose('verdict', { type: VerdictEnum, nullable: true, description: 'What the model said.' }),
    defectClass: t.exposeString('defect_class', {
      nullable: true,
      description: 'Class of the strongest defect that the model pointed to.',
    }),
    ...recordOf(wordNames, (name) =>
      t.exposeString(factors[name].column, { nullable: true, description: `${factors[name].words}.` }),
    ),
    captureReason: t.field({
      type: CaptureReasonEnum,
      nullable: true,
      description: 'What the probability comes from; null: no draw decided it.',
      resolve: (row) => row.capture_reason as CaptureReason | null,
    }),
    measuredAt: t.expose('measured_at', {
      type: 'DateTime',
      nullable: true,
      description: 'When the worker was at it; null while it has not been.',
    }),
    measureError: t.exposeString('measure_error', { nullable: true, description: 'Why it could not be measured.' }),
    quality: t.field({ type: ImageQualityRef, description: 'How good it is as data.', resolve: (row) => row }),
    exactGroup: t.expose('exact_group', {
      type: 'Sha256',
      nullable: true,
      description: 'Shared by all images with exactly this picture; null: it stands alone.',
    }),
    nearGroup: t.expose('near_group', {
      type: 'Sha256',
      nullable: true,
      description: 'Shared by all images with nearly this picture; null: it stands alone.',
    }),
    mapX: t.exposeFloat('map_x', { nullable: true, description: 'Place in the map of embeddings.' }),
    mapY: t.exposeFloat('map_y', { nullable: true, description: 'Place in the map of embeddings.' }),
    tags: t.exposeStringList('tags', { description: 'What people put on it, sorted.' }),
    labelState: t.expose('label_state', { type: LabelStateEnum, description: 'How far people are with it.' }),
    label: t.exposeString('label', {
      nullable: true,
      description: 'Decided to show this: good, or the code of a defect class.',
    }),
    labelledAt: t.expose('labelled_at', { type: 'DateTime', nullable: true, description: 'When that was decided.' }),
    ...recordOf(namesOf(QUANTITIES), (name) =>
      t.exposeFloat(QUANTITIES[name].column, { nullable: true, description: `${QUANTITIES[name].words}.` }),
    ),
  }),
});

builder.objectField(InspectionRef, 'poolImage', (t) =>
  t.field({
    type: PoolImageRef,
    nullable: true,
    description: 'Its image in the pool; null while none was kept or it has not arrived.',
    resolve: (row, _args, context) =>
      row.image_sha256 === null ? null : loadPoolImage(context, row.plant_id, row.image_sha256),
  }),
);
