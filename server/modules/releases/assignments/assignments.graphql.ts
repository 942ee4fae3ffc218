/** Which model version runs on which camera, in the schema: names and shapes only. */
import { READERS, READERS_AND_NODES } from '../../../kit/access.ts';
import { builder } from '../../../kit/builder.ts';
import { ApprovalRef, ModelVersionRef } from '../../models/registry/models.ref.ts';
import { loadModelRow } from '../../models/registry/models.service.ts';
import { PersonRef } from '../../people/access/access.ref.ts';
import { loadPerson } from '../../people/access/people.service.ts';
import { CameraRef } from '../../plant/parts/plants.ref.ts';
import { loadPart } from '../../plant/parts/plants.service.ts';
import { ModelAssignmentRef } from './assignments.ref.ts';
import { findAssignment, loadAssignments, loadCurrentAssignment } from './assignments.service.ts';

const readers = { roles: READERS };
const readersAndNodes = { roles: READERS_AND_NODES };

builder.node(ModelAssignmentRef, {
  description: 'A model version that runs on a camera, by an approval of that very version.',
  authScopes: readersAndNodes,
  id: { resolve: (assignment) => assignment.id, description: 'Global id.' },
  loadManyWithoutCache: (ids: string[], context) => Promise.all(ids.map((id) => findAssignment(context, id))),
  fields: (t) => ({
    assignedAt: t.expose('assigned_at', { type: 'DateTime', description: 'From when.' }),
    endedAt: t.expose('ended_at', { type: 'DateTime', nullable: true, description: 'Until when; null: now.' }),
    isShadow: t.exposeBoolean('is_shadow', { description: 'Whether it judges along and never moves anything.' }),
    camera: t.field({
      type: CameraRef,
      description: 'The camera.',
      resolve: (assignment, _args, context) => loadPart(context, 'camera', assignment.camera_id),
    }),
    modelVersion: t.field({
      type: ModelVersionRef,
      description: 'The version.',
      resolve: (assignment, _args, context) => loadModelRow(context, 'model_version', assignment.model_version_id),
    }),
    approval: t.field({
      type: ApprovalRef,
      description: 'The signature it stands on.',
      resolve: (assignment, _args, context) => loadModelRow(context, 'approval', assignment.approval_id),
    }),
    assignedBy: t.field({
      type: PersonRef,
      description: 'Who assigned it.',
      authScopes: readers,
      resolve: (assignment, _args, context) => loadPerson(context, assignment.assigned_by),
    }),
  }),
});

builder.objectField(ModelVersionRef, 'assignments', (t) =>
  t.field({
    type: [ModelAssignmentRef],
    description: 'Where it runs and ran, oldest first.',
    authScopes: readers,
    resolve: (version, _args, context) => loadAssignments(context, version.id),
  }),
);

builder.objectFields(CameraRef, (t) => ({
  assignment: t.field({
    type: ModelAssignmentRef,
    nullable: true,
    description: 'What judges its images now.',
    resolve: (camera, _args, context) => loadCurrentAssignment(context, camera.id, false),
  }),
  shadowAssignment: t.field({
    type: ModelAssignmentRef,
    nullable: true,
    description: 'What judges along in shadow now, and never moves anything.',
    resolve: (camera, _args, context) => loadCurrentAssignment(context, camera.id, true),
  }),
}));
