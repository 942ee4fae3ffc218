/** The plant model's file in the schema: names and shapes only; the rules are in `plant-file.service.ts`. */
import { ADMINISTRATORS } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ErrorRef } from '../../../kit/error.ref.ts';
import type { FieldChange } from '../parts/part-changes.ts';
import { partKinds } from '../parts/part-kinds.ts';
import { PlantRef } from '../parts/plants.ref.ts';
import { findPart } from '../parts/plants.service.ts';
import type { PartChange } from './plan-import.ts';
import { PlantModelRefusedError } from './plant-file.errors.ts';
import {
  exportPlantModel,
  importPlantModel,
  type PlantModelFile,
  type PlantModelImport,
} from './plant-file.service.ts';
import type { ModelProblem } from './read-model.ts';

const authScopes = { roles: ADMINISTRATORS };

const PlantModelFileRef = builder.objectRef<PlantModelFile>('PlantModelFile');
PlantModelFileRef.implement({
  description: 'The model of a plant as one YAML file, without people, roles, tokens and keys.',
  authScopes,
  fields: (t) => ({
    fileName: t.exposeString('fileName', { description: 'What to call the file.' }),
    yaml: t.exposeString('yaml', { description: 'The file.' }),
    sha256: t.field({ type: 'Sha256', description: 'Of the file’s bytes (UTF-8).', resolve: ({ sha256 }) => sha256 }),
  }),
});

const FieldChangeRef = builder.objectRef<FieldChange>('PlantModelFieldChange');
FieldChangeRef.implement({
  description: 'A value of a part before and after.',
  authScopes,
  fields: (t) => ({
    field: t.exposeString('field', { description: 'As the file names it.' }),
    from: t.field({ type: 'JSON', nullable: true, description: 'Until now.', resolve: ({ from }) => from ?? null }),
    to: t.field({ type: 'JSON', nullable: true, description: 'From now on.', resolve: ({ to }) => to ?? null }),
  }),
});

const ActionEnum = builder.enumType('PlantModelAction', {
  description: 'What becomes of a part.',
  values: {
    CREATED: { value: 'created', description: 'It is new.' },
    CHANGED: { value: 'changed', description: 'Some of its values are others.' },
    REINSTATED: { value: 'reinstated', description: 'It was retired and is in use again.' },
    RETIRED: { value: 'retired', description: 'The file does not name it.' },
  } as const,
});

const ChangeRef = builder.objectRef<PartChange>('PlantModelChange');
ChangeRef.implement({
  description: 'What an import does to one part.',
  authScopes,
  fields: (t) => ({
    action: t.expose('action', { type: ActionEnum, description: 'What becomes of it.' }),
    type: t.string({
      description: 'What it is, as the schema names it.',
      resolve: ({ table }) => partKinds[table].typeName,
    }),
    codes: t.exposeStringList('codes', {
      description: 'Its code; of a station and a camera the codes from the line down; none for the plant itself.',
    }),
    fields: t.field({ type: [FieldChangeRef], description: 'Its values.', resolve: ({ fields }) => fields }),
  }),
});

const ImportRef = builder.objectRef<PlantModelImport>('PlantModelImport');
ImportRef.implement({
  description: 'What an import has done, or would do.',
  authScopes,
  fields: (t) => ({
    dryRun: t.exposeBoolean('dryRun', { description: 'Whether nothing was done.' }),
    sha256: t.field({ type: 'Sha256', description: 'Of the file’s bytes (UTF-8).', resolve: ({ sha256 }) => sha256 }),
    plant: t.field({
      type: PlantRef,
      nullable: true,
      description: 'The plant; null after a dry run for one that does not exist yet.',
      resolve: ({ plantId }, _args, context) => (plantId === null ? null : findPart(context, 'plant', plantId)),
    }),
    changes: t.field({
      type: [ChangeRef],
      description: 'Part by part, the same with and without a dry run; empty when the plant is as the file says.',
      resolve: ({ changes }) => changes,
    }),
  }),
});

const ProblemRef = builder.objectRef<ModelProblem>('PlantModelProblem');
ProblemRef.implement({
  description: 'Something in a file that cannot be taken.',
  authScopes: { public: true },
  fields: (t) => ({
    line: t.exposeInt('line', { description: 'From 1.' }),
    column: t.exposeInt('column', { description: 'From 1.' }),
    field: t.exposeString('field', { description: 'Path in the file, such as areas[0].lines[1].code.' }),
    value: t.exposeString('value', { nullable: true, description: 'What stands there, as text.' }),
    remedy: t.exposeString('remedy', { description: 'What to do instead.' }),
  }),
});

builder.objectType(PlantModelRefusedError, {
  name: 'PlantModelRefusedError',
  description: 'Nothing of the file was taken.',
  interfaces: [ErrorRef],
  authScopes: { public: true },
  fields: (t) => ({
    problems: t.field({
      type: [ProblemRef],
      description: 'In the order of the file, the first hundred.',
      resolve: ({ problems }) => [...problems],
    }),
  }),
});

const MissingEnum = builder.enumType('PlantModelMissing', {
  description: 'What becomes of parts that a list of the file does not name. A list that is left out stays as it is.',
  values: {
    KEEP: { value: 'keep', description: 'They stay as they are.' },
    RETIRE: { value: 'retire', description: 'They are retired, with what stands below them.' },
  } as const,
});

const ImportPlantModelInput = builder.inputType('ImportPlantModelInput', {
  description: 'A plant model file.',
  fields: (t) => ({
    yaml: t.string({ required: true, description: 'The file as exportPlantModel gives it.' }),
    dryRun: t.boolean({ required: true, description: 'Find changes and problems, but do nothing.' }),
    missing: t.field({ type: MissingEnum, required: true, description: 'What becomes of what is not named.' }),
  }),
});

builder.queryField('exportPlantModel', (t) =>
  t.field({
    type: PlantModelFileRef,
    authScopes,
    description: 'What of a plant is in use, as one file: the same plant gives the same bytes. For its administrators.',
    args: { plantId: t.arg.id({ required: true, description: 'The plant.' }) },
    resolve: (_root, { plantId }, context) => exportPlantModel(context, plantId),
  }),
);

builder.mutationField('importPlantModel', (t) =>
  t.field({
    type: ImportRef,
    authScopes,
    description:
      'Makes a plant what a file says, whole or not at all. For administrators of the plant, of the installation when it is new.',
    errors: { types: [PlantModelRefusedError] },
    args: { input: t.arg({ type: ImportPlantModelInput, required: true, description: 'The file and what to do.' }) },
    resolve: (_root, { input }, context) => importPlantModel(context, input),
  }),
);
