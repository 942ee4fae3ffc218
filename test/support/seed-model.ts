/** Model versions with all that they stand on, as rows. */
import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import { signArtifact } from '../../schema/artifact-signature.ts';
import { encodeGlobalId } from '../../server/kit/global-id.ts';
import { newId } from '../../server/kit/ids.ts';
import type { ApprovalRow, ModelVersionRow } from '../../server/modules/models/registry/models.table.ts';
import type { CameraRow } from '../../server/modules/plant/parts/plants.table.ts';
import type { ModelAssignmentRow } from '../../server/modules/releases/assignments/assignments.table.ts';
import type { SeedHost } from './seed-host.ts';
import { seedItem } from './seed-item.ts';

export interface SeededVersion {
  version: ModelVersionRow;
  datasetVersionId: string;
  globalId: string;
  approve(personId?: string): Promise<ApprovalRow>;
  /** Approves when that has not been done and puts it on the camera. */
  assign(camera: CameraRow): Promise<ModelAssignmentRow>;
}

/** A version of a model of its own, trained on a frozen dataset version with one image. The artifact has no file. */
export async function seedModelVersion(
  server: Pick<SeedHost, 'db' | 'services'>,
  plantId: string,
  ownerId: string,
): Promise<SeededVersion> {
  const { db } = server;
  const at = () => server.services.now();
  const imageSha256 = randomBytes(32);
  const named = (prefix: string) => ({
    id: newId(),
    plant_id: plantId,
    code: `${prefix}-${randomBytes(4).toString('hex')}`,
    name: prefix,
    created_at: at(),
  });
  const dataset = named('dataset');
  const model = named('model');
  const datasetVersionId = newId();
  await db
    .insertInto('image')
    .values({
      plant_id: plantId,
      sha256: imageSha256,
      format: 'png',
      size_bytes: 100,
      width: 64,
      height: 64,
      received_at: at(),
    })
    .execute();
  await db.insertInto('dataset').values(dataset).execute();
  await db
    .insertInto('dataset_version')
    .values({
      id: datasetVersionId,
      plant_id: plantId,
      dataset_id: dataset.id,
      number: 1,
      state: 'draft',
      created_by: ownerId,
      created_at: at(),
      frozen_by: null,
      frozen_at: null,
      content_hash: null,
    })
    .execute();
  await seedItem(db, { versionId: datasetVersionId, plantId, imageSha256, personId: ownerId, at: at() });
  await db
    .updateTable('dataset_version')
    .set({ state: 'frozen', frozen_by: ownerId, frozen_at: at(), content_hash: randomBytes(32) })
    .where('id', '=', datasetVersionId)
    .execute();
  await db.insertInto('model').values(model).execute();

  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const spki = publicKey.export({ format: 'der', type: 'spki' });
  const keyId = createHash('sha256').update(spki).digest('hex').slice(0, 16);
  await db
    .insertInto('signing_key')
    .values({ id: keyId, public_key: spki.toString('base64'), created_at: at() })
    .execute();
  const runId = newId();
  await db
    .insertInto('training_run')
    .values({
      id: runId,
      plant_id: plantId,
      model_id: model.id,
      dataset_version_id: datasetVersionId,
      seed: 1,
      false_reject_target: 0.01,
      state: 'succeeded',
      progress: 1,
      step: null,
      error: null,
      requested_by: ownerId,
      requested_at: at(),
      started_at: at(),
      finished_at: at(),
    })
    .execute();
  const artifact = randomBytes(32);
  const version = await db
    .insertInto('model_version')
    .values({
      id: newId(),
      plant_id: plantId,
      model_id: model.id,
      number: 1,
      dataset_version_id: datasetVersionId,
      training_run_id: runId,
      artifact_sha256: artifact,
      artifact_bytes: 1000,
      signature: signArtifact(artifact.toString('hex'), privateKey),
      signing_key_id: keyId,
      manifest: JSON.stringify({ format: 1 }),
      metrics: JSON.stringify({}),
      created_at: at(),
    })
    .returningAll()
    .executeTakeFirstOrThrow();

  let approval: ApprovalRow | undefined;
  const approve = async (personId = ownerId): Promise<ApprovalRow> => {
    approval = {
      id: newId(),
      plant_id: plantId,
      model_version_id: version.id,
      person_id: personId,
      approved_at: at(),
      meaning: 'may run',
    };
    await db.insertInto('approval').values(approval).execute();
    return approval;
  };
  const assign = async (camera: CameraRow): Promise<ModelAssignmentRow> => {
    const row: ModelAssignmentRow = {
      id: newId(),
      plant_id: plantId,
      camera_id: camera.id,
      model_version_id: version.id,
      approval_id: (approval ?? (await approve())).id,
      assigned_by: ownerId,
      assigned_at: at(),
      ended_at: null,
      is_shadow: false,
    };
    await db.insertInto('model_assignment').values(row).execute();
    return row;
  };
  return { version, datasetVersionId, globalId: encodeGlobalId('ModelVersion', version.id), approve, assign };
}
