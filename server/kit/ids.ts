/** Identifiers: UUIDv7 (RFC 9562, 5.7), so that keys grow with time and carry it. */
import { randomFillSync } from 'node:crypto';

const counterLimit = 0x1000;
const random = new Uint8Array(8);
let lastMs = 0;
let counter = 0;

/** A new UUIDv7, greater than any made before in this process (RFC 9562, 6.2, method 1: a 12-bit counter in rand_a). */
export function newId(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = 0;
  } else if (++counter === counterLimit) {
    // 4,096 in one millisecond: borrow from the next one rather than repeat.
    lastMs += 1;
    counter = 0;
  }
  randomFillSync(random);
  const time = lastMs.toString(16).padStart(12, '0');
  const tail = Buffer.from(random).toString('hex');
  const variant = (8 | (Number.parseInt(tail.charAt(0), 16) & 3)).toString(16);
  return `${time.slice(0, 8)}-${time.slice(8)}-7${counter.toString(16).padStart(3, '0')}-${variant}${tail.slice(1, 4)}-${tail.slice(4)}`;
}

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Whether the text is a UUID of any version, in lower case as the database gives it. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}
