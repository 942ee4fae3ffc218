/** When the machine could be heard: a value is only known for an instant at which somebody was listening, or that was confirmed afterwards. */

export interface ContactLog {
  readonly isOpen: boolean;
  /** The machine was heard at this time, by a value or by a sign of life. */
  heard(nowMs: number): void;
  /** The connection is gone; what was true since the last sign of life is not known. */
  lost(): void;
  /** A new connection has delivered the present values. */
  opened(nowMs: number): void;
  /** Whether a sample, last confirmed at `confirmedMs`, is known to have been the newest at the instant. */
  covers(instantMs: number, confirmedMs: number): boolean;
}

const MAX_GAPS = 1_000;

export function createContactLog(staleAfterMs: number): ContactLog {
  let isOpen = false;
  let lastHeardMs = Number.NEGATIVE_INFINITY;
  /** Silences between two connections, oldest first. */
  const gaps: { fromMs: number; toMs: number }[] = [];

  return {
    get isOpen() {
      return isOpen;
    },
    heard(nowMs) {
      if (isOpen) lastHeardMs = Math.max(lastHeardMs, nowMs);
    },
    lost() {
      isOpen = false;
    },
    opened(nowMs) {
      if (Number.isFinite(lastHeardMs)) gaps.push({ fromMs: lastHeardMs, toMs: nowMs });
      if (gaps.length > MAX_GAPS) gaps.shift();
      isOpen = true;
      lastHeardMs = nowMs;
    },
    covers(instantMs, confirmedMs) {
      if (instantMs <= confirmedMs) return true;
      if (instantMs > lastHeardMs + (isOpen ? staleAfterMs : 0)) return false;
      return !gaps.some(({ fromMs, toMs }) => confirmedMs < toMs && fromMs < instantMs && instantMs < toMs);
    },
  };
}
