/** How cameras look: names and shapes only; the rules are in `camera-setups.service.ts`. */
import { READERS, READERS_AND_NODES, SETTERS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ConflictError, InvalidInputError, NotFoundError } from '../../../kit/errors.ts';
import { imageUrl } from '../../../kit/paths.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { CameraRef } from '../../plant/parts/plants.ref.ts';
import { loadPart } from '../../plant/parts/plants.service.ts';
import { loadCameraSetups, removeCameraSetup, setCameraSetup } from './camera-setups.service.ts';
import type { Band, BandedStatistic, CameraSetupRow } from './camera-setups.table.ts';

const readersAndNodes = { roles: READERS_AND_NODES };

const RegionRef = builder.objectRef<{ x: number; y: number; width: number; height: number }>('Region').implement({
  description: 'A rectangle as shares of the image’s width and height.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    x: t.exposeFloat('x', { description: 'Left edge, from the left.' }),
    y: t.exposeFloat('y', { description: 'Upper edge, from the top.' }),
    width: t.exposeFloat('width', { description: 'Share of the width.' }),
    height: t.exposeFloat('height', { description: 'Share of the height.' }),
  }),
});

const ReferenceImageRef = builder.objectRef<{ plantId: string; sha256: Buffer }>('ReferenceImage').implement({
  description: 'The image that parts are located against.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    sha256: t.expose('sha256', { type: 'Sha256', description: 'SHA-256 of the file.' }),
    url: t.string({
      description: 'Path on this server.',
      resolve: async ({ plantId, sha256 }, _args, context) =>
        imageUrl((await loadPart(context, 'plant', plantId)).code, sha256.toString('hex')),
    }),
  }),
});

const BandRef = builder.objectRef<Band>('Band').implement({
  description: 'Where a value should lie; without an end it is open there.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    min: t.exposeFloat('min', { nullable: true, description: 'Least.' }),
    max: t.exposeFloat('max', { nullable: true, description: 'Most.' }),
  }),
});

const statistics: Record<BandedStatistic, string> = {
  brightness: 'Mean of luma, 0 to 1.',
  contrast: 'Standard deviation of luma, 0 to 1.',
  colourCast: 'Distance of the mean chroma from grey, 0 to 1.',
  sharpness: 'Variance of the Laplacian of luma (0 to 255).',
};

const ImageBandsRef = builder.objectRef<CameraSetupRow['bands']>('ImageBands').implement({
  description: 'Where the statistics of a camera’s images should lie.',
  authScopes: readersAndNodes,
  fields: (t) => {
    const band = (name: BandedStatistic) =>
      t.field({
        type: BandRef,
        nullable: true,
        description: statistics[name],
        resolve: (bands) => bands[name] ?? null,
      });
    return {
      brightness: band('brightness'),
      contrast: band('contrast'),
      colourCast: band('colourCast'),
      sharpness: band('sharpness'),
    };
  },
});

const CameraSetupRef = builder.objectRef<CameraSetupRow>('CameraSetup').implement({
  description: 'How a camera looks at the parts of a recipe.',
  authScopes: readersAndNodes,
  fields: (t) => ({
    recipeCode: t.exposeString('recipe_code', {
      nullable: true,
      description: 'The recipe; null: every one that has no setup of its own.',
    }),
    roi: t.field({
      type: RegionRef,
      nullable: true,
      description: 'What of the image is looked at; null: all of it.',
      resolve: ({ roi_x: x, roi_y: y, roi_width: width, roi_height: height }) =>
        x === null || y === null || width === null || height === null ? null : { x, y, width, height },
    }),
    reference: t.field({
      type: ReferenceImageRef,
      nullable: true,
      description: 'What parts are located against; null: they are not located.',
      resolve: ({ plant_id: plantId, reference_sha256: sha256 }) => (sha256 === null ? null : { plantId, sha256 }),
    }),
    maxOffsetPx: t.exposeFloat('max_offset_px', { description: 'How far from the reference a part is looked for.' }),
    maxRotationDeg: t.exposeFloat('max_rotation_deg', { description: 'How far turned a part is looked for.' }),
    bands: t.expose('bands', { type: ImageBandsRef, description: 'Where the image statistics should lie.' }),
    changedAt: t.expose('changed_at', { type: 'DateTime', description: 'When it was last changed.' }),
    changedBy: t.field({
      type: PersonRef,
      description: 'Who changed it.',
      authScopes: { roles: READERS },
      resolve: (row, _args, context) => loadPerson(context, row.changed_by),
    }),
  }),
});

builder.objectField(CameraRef, 'setups', (t) =>
  t.field({
    type: [CameraSetupRef],
    authScopes: readersAndNodes,
    description: 'How it looks at parts: the setup for every recipe first, then by recipe.',
    resolve: (camera, _args, context) => loadCameraSetups(context, camera.id),
  }),
);

const RegionInputRef = builder.inputType('RegionInput', {
  description: 'A rectangle as shares of the image’s width and height.',
  fields: (t) => ({
    x: t.float({ required: true, description: 'Left edge, from the left.' }),
    y: t.float({ required: true, description: 'Upper edge, from the top.' }),
    width: t.float({ required: true, description: 'Share of the width, at least 0.01.' }),
    height: t.float({ required: true, description: 'Share of the height, at least 0.01.' }),
  }),
});

const BandInputRef = builder.inputType('BandInput', {
  description: 'Where a value should lie; an end that is left out is open.',
  fields: (t) => ({ min: t.float({ description: 'Least.' }), max: t.float({ description: 'Most.' }) }),
});

const ImageBandsInputRef = builder.inputType('ImageBandsInput', {
  description: 'Where the statistics of a camera’s images should lie; what is left out is not watched.',
  fields: (t) => ({
    brightness: t.field({ type: BandInputRef, description: statistics.brightness }),
    contrast: t.field({ type: BandInputRef, description: statistics.contrast }),
    colourCast: t.field({ type: BandInputRef, description: statistics.colourCast }),
    sharpness: t.field({ type: BandInputRef, description: statistics.sharpness }),
  }),
});

const SetCameraSetupInput = builder.inputType('SetCameraSetupInput', {
  description: 'How a camera is to look at the parts of a recipe; what is left out is as without a setup.',
  fields: (t) => ({
    cameraId: t.id({ required: true, description: 'The camera.' }),
    recipeCode: t.string({ description: 'The recipe as the machine names it; left out: all without a setup.' }),
    roi: t.field({ type: RegionInputRef, description: 'What of the image is looked at; left out: all of it.' }),
    referenceSha256: t.field({
      type: 'Sha256',
      description: 'An image of the plant that parts are located against; left out: they are not located.',
    }),
    maxOffsetPx: t.float({ description: 'How far from the reference a part is looked for; left out: 40.' }),
    maxRotationDeg: t.float({ description: 'How far turned a part is looked for; left out: 10.' }),
    bands: t.field({ type: ImageBandsInputRef, description: 'Where the image statistics should lie.' }),
  }),
});

const RemoveCameraSetupInput = builder.inputType('RemoveCameraSetupInput', {
  description: 'A setup of a camera.',
  fields: (t) => ({
    cameraId: t.id({ required: true, description: 'The camera.' }),
    recipeCode: t.string({ description: 'Its recipe; left out: the setup of all that have none of their own.' }),
  }),
});

builder.mutationFields((t) => ({
  setCameraSetup: t.field({
    type: CameraSetupRef,
    description: 'Says how a camera looks at the parts of a recipe, in place of what was said before.',
    authScopes: { roles: SETTERS },
    errors: { types: [InvalidInputError, NotFoundError, ConflictError] },
    args: { input: t.arg({ type: SetCameraSetupInput, required: true, description: 'The setup.' }) },
    resolve: (_root, { input }, context) => setCameraSetup(context, input),
  }),
  removeCameraSetup: t.field({
    type: CameraRef,
    description: 'Takes a setup away; the recipe’s parts are looked at as those of recipes without one.',
    authScopes: { roles: SETTERS },
    errors: { types: [InvalidInputError, NotFoundError] },
    args: { input: t.arg({ type: RemoveCameraSetupInput, required: true, description: 'Which one.' }) },
    resolve: (_root, { input }, context) => removeCameraSetup(context, input),
  }),
}));
