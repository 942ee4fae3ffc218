/** Copies of unfinished sketches in the browser, for the time until the server has them. */
import { browserStore } from '../../lib/kept-list.ts';

export interface DatedSketch {
  savedAtMs: number;
  sketch: unknown;
}

const MOST_COPIES = 20;

export function makeSketchCopies(personId: string, plantId: string) {
  const store = browserStore();
  const prefix = `lehr.sketch.${personId}.${plantId}.`;

  /** The oldest go when there are too many. */
  function tidy() {
    const names = Object.keys(localStorage).filter((name) => name.startsWith('lehr.sketch.'));
    if (names.length <= MOST_COPIES) return;
    const dated = names.map((name) => ({ name, at: read(name)?.savedAtMs ?? 0 })).sort((a, b) => a.at - b.at);
    for (const { name } of dated.slice(0, names.length - MOST_COPIES)) store?.removeItem(name);
  }
  function read(name: string): DatedSketch | undefined {
    try {
      return JSON.parse(store?.getItem(name) ?? 'null') ?? undefined;
    } catch {
      return undefined;
    }
  }
  return {
    get: (sha256: string) => read(prefix + sha256),
    put(sha256: string, dated: DatedSketch) {
      try {
        store?.setItem(prefix + sha256, JSON.stringify(dated));
        tidy();
      } catch {
        // The server's copy is the one that counts.
      }
    },
    remove: (sha256: string) => store?.removeItem(prefix + sha256),
  };
}

/** The younger of two: of the server and of this browser. */
export function younger(a: unknown, b: DatedSketch | undefined): unknown {
  const dated = a as Partial<DatedSketch> | null | undefined;
  if (typeof dated?.savedAtMs !== 'number') return b?.sketch;
  return b && b.savedAtMs > dated.savedAtMs ? b.sketch : dated.sketch;
}
