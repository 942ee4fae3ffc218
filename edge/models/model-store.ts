/** Model artifacts on this node: fetched once, kept in the home, never used unless hash and signature are right. */
import { createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { artifactSha256, verifyArtifact } from '#schema/artifact-signature.ts';

export interface Artifact {
  sha256: string;
  /** Ed25519 over the 32 bytes of the hash, base64. */
  signature: string;
  signingKeyId: string;
  sizeBytes: number;
  url: string;
}

/** Gives the bytes of an artifact from `offset` on; `resumed` is false when the server sends all of it instead. Rejects when the server cannot be reached. */
export type Download = (
  url: string,
  offset: number,
  signal: AbortSignal,
) => Promise<{ body: Readable; resumed: boolean }>;

export interface ModelStore {
  /** Path of the verified file. Throws `RefusedArtifactError`; any other error is the network's or the disk's and may pass. */
  fetch(artifact: Artifact, signal: AbortSignal): Promise<string>;
  /** Removes all files but these. */
  keepOnly(sha256s: ReadonlySet<string>): Promise<void>;
}

/** The artifact is not what a trusted key signed. It is not loaded, whoever assigned it. */
export class RefusedArtifactError extends Error {
  override readonly name = 'RefusedArtifactError';
}

export interface ModelStoreOptions {
  folder: string;
  /** SPKI, base64. */
  trustedKeys: readonly string[];
  maxBytes: number;
  /** A download that gives no byte for this long is given up; the next try goes on where it stopped. */
  stallMs: number;
  download: Download;
}

export function createModelStore({ folder, trustedKeys, maxBytes, stallMs, download }: ModelStoreOptions): ModelStore {
  return { fetch: fetchArtifact, keepOnly };

  async function fetchArtifact(artifact: Artifact, signal: AbortSignal): Promise<string> {
    const { sha256, signature, signingKeyId } = artifact;
    if (!/^[0-9a-f]{64}$/.test(sha256)) throw new RefusedArtifactError(`artifact ${sha256}: this is no SHA-256`);
    if (!trustedKeys.some((key) => verifyArtifact(sha256, signature, key))) {
      throw new RefusedArtifactError(
        `artifact ${sha256.slice(0, 12)}… is refused: no key in trust.modelSigningKeys made its signature (signed by key ${signingKeyId}); ` +
          'assign a model that a trusted key signed, or add the key after checking whose it is',
      );
    }
    if (artifact.sizeBytes > maxBytes) {
      throw new RefusedArtifactError(
        `artifact ${sha256.slice(0, 12)}… is refused: ${artifact.sizeBytes} bytes are more than models.maxArtifactBytes = ${maxBytes}`,
      );
    }
    const path = join(folder, `${sha256}.onnx`);
    if (await exists(path)) {
      if ((await artifactSha256(path)) === sha256) return path;
      // Changed on the node's disk: fetched again rather than trusted.
      await rm(path, { force: true });
    }
    await fetchFile(artifact, path, signal);
    return path;
  }

  async function fetchFile({ sha256, url, sizeBytes }: Artifact, path: string, signal: AbortSignal): Promise<void> {
    await mkdir(folder, { recursive: true });
    const partial = `${path}.part`;
    const { size: offset } = await stat(partial).catch(() => ({ size: 0 }));
    if (offset < sizeBytes) {
      const stalled = new AbortController();
      const clock = setTimeout(() => stalled.abort(new Error(`${url} gave nothing for ${stallMs} ms`)), stallMs);
      const either = AbortSignal.any([signal, stalled.signal]);
      try {
        const { body, resumed } = await download(url, offset, either);
        const target = createWriteStream(partial, { flags: resumed ? 'a' : 'w' });
        const limit = limitBytes(sizeBytes - (resumed ? offset : 0), () => clock.refresh());
        await pipeline(body, limit, target, { signal: either });
      } catch (error) {
        throw stalled.signal.aborted ? stalled.signal.reason : error;
      } finally {
        clearTimeout(clock);
      }
    }
    const actual = await artifactSha256(partial);
    if (actual !== sha256) {
      await rm(partial, { force: true });
      throw new RefusedArtifactError(
        `artifact ${sha256.slice(0, 12)}… is refused: what ${url} gave has the SHA-256 ${actual.slice(0, 12)}…; look for what changes it on the way`,
      );
    }
    await syncPath(partial);
    await rename(partial, path);
    await syncPath(folder);
  }

  async function keepOnly(sha256s: ReadonlySet<string>): Promise<void> {
    for (const file of await readdir(folder).catch(() => [])) {
      const [sha256 = ''] = file.split('.');
      if (!sha256s.has(sha256)) await rm(join(folder, file), { force: true });
    }
  }
}

function limitBytes(limit: number, onBytes: () => void): Transform {
  let left = limit;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      left -= chunk.length;
      onBytes();
      if (left < 0) done(new RefusedArtifactError('the artifact is longer than the server said'));
      else done(null, chunk);
    },
  });
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

async function syncPath(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
