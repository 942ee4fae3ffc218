/** The opaque text by which a reader resumes a lossless stream. */
import type { StreamKey, StreamKind } from './stream-source.ts';

const letters: Record<StreamKind, string> = { inspection: 'i', event: 'e' };
const form = /^([ie]):([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}):(0|[1-9][0-9]{0,15})$/;

export interface StreamPosition extends StreamKey {
  /** Everything up to and with it has been delivered; 0 is before the first row. */
  position: number;
}

export function encodeCursor({ kind, id }: StreamKey, position: number): string {
  return Buffer.from(`${letters[kind]}:${id}:${position}`, 'latin1').toString('base64url');
}

/** Undefined for every text that `encodeCursor` does not give. */
export function decodeCursor(cursor: string): StreamPosition | undefined {
  const match = form.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (!match) return undefined;
  const [, letter, id = '', digits = ''] = match;
  const key: StreamKey = { kind: letter === 'i' ? 'inspection' : 'event', id };
  const position = Number(digits);
  // base64url ignores stray characters and spare bits: one position has one spelling.
  if (!Number.isSafeInteger(position) || encodeCursor(key, position) !== cursor) return undefined;
  return { ...key, position };
}
