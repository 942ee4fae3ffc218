/** Images fetched and decoded before they are looked at: a key press then only has to paint. Memory is bounded by what is wanted. */

export interface Picture {
  full: ImageBitmap;
  /** As large as the room, made ahead as well: shrinking millions of pixels takes longer than a key press may. */
  fitted: ImageBitmap | undefined;
}

export interface ImagesAhead {
  /** Exactly these, the first ones first; all others are let go. */
  want(urls: readonly string[]): void;
  /** Decoded; undefined while it is on its way. */
  get(url: string): Picture | undefined;
  close(): void;
}

export type Decode = (url: string, signal: AbortSignal) => Promise<Picture>;

interface Loading {
  abort: AbortController;
  image?: Picture;
}

/** An image that does not come is asked for again after this time. */
const RETRY_MS = 2_000;

/** `arrived` and `failed` are called with the image's address; one image is decoded at a time, so that the next one is not held up. */
export function makeImagesAhead(
  arrived: (url: string) => void,
  failed: (url: string) => void,
  decode: Decode,
): ImagesAhead {
  const held = new Map<string, Loading>();
  let wanted: readonly string[] = [];
  let isLoading = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;

  async function load() {
    if (isLoading || isClosed) return;
    isLoading = true;
    for (let url = nextUrl(); url !== undefined; url = nextUrl()) {
      const loading: Loading = { abort: new AbortController() };
      held.set(url, loading);
      try {
        const image = await decode(url, loading.abort.signal);
        if (held.get(url) === loading) {
          loading.image = image;
          arrived(url);
        } else letGo(image);
      } catch {
        if (held.get(url) !== loading) continue;
        held.delete(url);
        failed(url);
        clearTimeout(timer);
        timer = setTimeout(() => void load(), RETRY_MS);
        break;
      }
    }
    isLoading = false;
  }
  const nextUrl = () => wanted.find((url) => !held.has(url));

  return {
    want(urls) {
      wanted = [...urls];
      for (const [url, { abort, image }] of held) {
        if (wanted.includes(url)) continue;
        held.delete(url);
        abort.abort();
        if (image) letGo(image);
      }
      void load();
    },
    get: (url) => held.get(url)?.image,
    close() {
      isClosed = true;
      clearTimeout(timer);
      this.want([]);
    },
  };
}

function letGo({ full, fitted }: Picture) {
  full.close();
  fitted?.close();
}

/** Decodes off the main thread, for a room of this size in pixels of the screen. */
export function makeDecode(room: () => { width: number; height: number }): Decode {
  return async (url, signal) => {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`${url} answered ${response.status}`);
    const blob = await response.blob();
    const full = await createImageBitmap(blob);
    const { width, height } = room();
    const scale = Math.min(width / full.width, height / full.height);
    if (scale >= 1 || scale * full.width < 1 || scale * full.height < 1) return { full, fitted: undefined };
    const fitted = await createImageBitmap(blob, {
      resizeWidth: Math.round(full.width * scale),
      resizeHeight: Math.round(full.height * scale),
      resizeQuality: 'medium',
    });
    return { full, fitted };
  };
}
