/** Images as an upload leaves them, without files. */
import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from '../../server/database/database.ts';

/** Hashes in hexadecimal digits; the pool has a row of each. */
export async function seedPool(
  db: Db,
  plantId: string,
  count: number,
  values: { cameraId?: string; score?: number; verdict?: string } = {},
): Promise<string[]> {
  const shas = Array.from({ length: count }, () => randomBytes(32));
  const at = new Date();
  await db
    .insertInto('image')
    .values(
      shas.map((sha256) => ({
        ...{ plant_id: plantId, sha256, format: 'png' as const, size_bytes: 10 },
        ...{ width: 100, height: 100, received_at: at },
      })),
    )
    .execute();
  for (const [index, sha256] of shas.entries()) {
    await sql`
      INSERT INTO pool_image (plant_id, image_sha256, origin, captured_at, received_at, width, height, size_bytes)
      VALUES (${plantId}::uuid, ${sha256}, 'line', ${at}, ${at}, 100, 100, 10) ON CONFLICT DO NOTHING
    `.execute(db);
    await sql`
      UPDATE pool_image SET camera_id = ${values.cameraId ?? null}::uuid, score = ${values.score ?? index / count}::real,
        verdict = ${values.verdict ?? 'pass'}, captured_at = ${new Date(at.getTime() + index)}::timestamptz
      WHERE plant_id = ${plantId}::uuid AND image_sha256 = ${sha256}
    `.execute(db);
  }
  return shas.map((sha256) => sha256.toString('hex'));
}
