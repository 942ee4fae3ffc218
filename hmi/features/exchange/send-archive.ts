/** Sends an archive in parts, beginning with what the server does not have yet. */

const PART_BYTES = 8 * 1024 * 1024;

/** The name that it has on the server: letters, digits, dots, dashes. */
export function archiveName(fileName: string): string {
  const stem = fileName
    .replace(/\.zip$/i, '')
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[^A-Za-z0-9]+/, '')
    .slice(0, 80);
  return `${stem || 'set'}.zip`;
}

/** Where the server stands: bytes that it has of an archive that is not whole, else 0. */
export function offsetOf(answer: { ok: boolean; headers: Pick<Headers, 'get'> }, size: number): number {
  if (!answer.ok || answer.headers.get('upload-complete') !== '?0') return 0;
  const offset = Number(answer.headers.get('upload-offset'));
  return Number.isInteger(offset) && offset > 0 && offset <= size ? offset : 0;
}

/** Gives why it was refused, in the server's words; undefined when the archive is there whole. */
export async function sendArchive(
  plantCode: string,
  file: File,
  onSent: (share: number) => void,
  signal: AbortSignal,
): Promise<string | undefined> {
  const path = `/imports/${plantCode}/${archiveName(file.name)}`;
  let offset = offsetOf(await fetch(path, { method: 'HEAD', signal }), file.size);
  do {
    const part = file.slice(offset, offset + PART_BYTES);
    const range = `bytes ${offset}-${offset + part.size - 1}/${file.size}`;
    const answer = await fetch(path, { method: 'PUT', headers: { 'content-range': range }, body: part, signal });
    if (!answer.ok) {
      const body = (await answer.json().catch(() => ({}))) as { remedy?: string };
      return body.remedy ?? answer.statusText;
    }
    offset += part.size;
    onSent(offset / file.size);
  } while (offset < file.size);
  return undefined;
}
