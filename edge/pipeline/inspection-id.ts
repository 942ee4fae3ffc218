/** Identity of an inspection: a UUIDv7 (RFC 9562, 5.7) whose millisecond is the moment of capture. */
import { randomBytes } from 'node:crypto';

/** Throws when `capturedAtMs` does not fit 48 bits of milliseconds since 1970. */
export function inspectionId(capturedAtMs: number): string {
  const milliseconds = Math.floor(capturedAtMs);
  if (!(milliseconds >= 0 && milliseconds < 2 ** 48))
    throw new Error(`capture time ${capturedAtMs} ms is outside UUIDv7`);
  const bytes = Buffer.alloc(16);
  bytes.writeUIntBE(milliseconds, 0, 6);
  randomBytes(10).copy(bytes, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
