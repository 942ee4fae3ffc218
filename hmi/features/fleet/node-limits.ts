/** From when on a value of a node is out of its band, before anything is an alarm. Pure. */

/** Half full: the server has been away for a while. */
const OUTBOX_SHARE = 0.5;
/** The outbox keeps writing until the disk is full. */
const DISK_FREE_SHARE = 0.1;
/** A certificate is renewed in the weeks before. */
const CERTIFICATE_DAYS = 30;
/** Farther apart, the order of events of two nodes is a guess. */
const SKEW_MS = 1_000;

const DAY_MS = 86_400_000;

export function isOutboxHigh(share: number | null): boolean {
  return share !== null && share >= OUTBOX_SHARE;
}

export function isDiskLow(disk: { freeBytes: number; totalBytes: number } | null): boolean {
  return disk !== null && disk.totalBytes > 0 && disk.freeBytes / disk.totalBytes < DISK_FREE_SHARE;
}

export function isSkewLarge(skewMs: number | null): boolean {
  return skewMs !== null && Math.abs(skewMs) >= SKEW_MS;
}

/** Whole days until it expires, negative when it has. */
export function daysLeft(expiresAt: string, now: number): number {
  return Math.floor((Date.parse(expiresAt) - now) / DAY_MS);
}

export function isExpiring(expiresAt: string, now: number): boolean {
  return daysLeft(expiresAt, now) < CERTIFICATE_DAYS;
}
