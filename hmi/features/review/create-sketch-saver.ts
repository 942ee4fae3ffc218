/** Saves the sketch after each step: in the browser at once, on the server as soon as the hand rests. */
import { createSignal, onCleanup } from 'solid-js';
import { type SketchLog, storeLog, withinCharacters } from '../../lib/sketch-log.ts';
import type { DatedSketch, makeSketchCopies } from './sketch-copies.ts';

const REST_MS = 700;
const RETRY_MS = 4_000;
/** Less than the server takes. */
const MOST_CHARACTERS = 200_000;

interface SaverOptions {
  copies: ReturnType<typeof makeSketchCopies>;
  /** Null: there is nothing any more. */
  save: (sha256: string, document: DatedSketch | null) => Promise<boolean>;
}

export function createSketchSaver({ copies, save }: SaverOptions) {
  const [isSaved, setSaved] = createSignal(true);
  let pending: { sha256: string; document: DatedSketch } | undefined;
  let underWay: { sha256: string; sending: Promise<boolean> } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const flush = async () => {
    clearTimeout(timer);
    const sent = pending;
    if (!sent) return;
    const sending = save(sent.sha256, sent.document).catch(() => false);
    underWay = { sha256: sent.sha256, sending };
    const done = await sending;
    if (underWay?.sending === sending) underWay = undefined;
    if (pending !== sent) return;
    if (done) {
      pending = undefined;
      setSaved(true);
    } else timer = setTimeout(() => void flush(), RETRY_MS);
  };
  onCleanup(() => void flush());

  return {
    isSaved,
    changed(sha256: string, log: SketchLog) {
      const document = { savedAtMs: Date.now(), sketch: storeLog(withinCharacters(log, MOST_CHARACTERS)) };
      copies.put(sha256, document);
      pending = { sha256, document };
      setSaved(false);
      clearTimeout(timer);
      timer = setTimeout(() => void flush(), REST_MS);
    },
    /** The answer takes its place. */
    forget(sha256: string) {
      copies.remove(sha256);
      // What is on its way could arrive after the answer, and would lie there as if it were unfinished.
      if (underWay?.sha256 === sha256) void underWay.sending.then(() => save(sha256, null)).catch(() => {});
      if (pending?.sha256 !== sha256) return void flush();
      pending = undefined;
      clearTimeout(timer);
      setSaved(true);
    },
    /** Before another image comes. */
    flush,
  };
}
