/** Images fetched and decoded before they are looked at: a key press then only has to paint. Memory is bounded by what is wanted. */

export interface ImagesAhead {
  /** Exactly these, the first ones first; all others are let go. */
  want(urls: readonly string[]): void;
  /** Decoded; undefined while it is on its way. */
  get(url: string): ImageBitmap | undefined;
  close(): void;
}

export type Decode = (url: string, signal: AbortSignal) => Promise<ImageBitmap>;

interface Loading {
  abort: AbortController;
  image?: ImageBitmap;
}

/** An image that does not come is asked for again after this time. */
const RETRY_MS = 2_000;

/** `arrived` and `failed` are called with the image's address; one image is decoded at a time, so that the next one is not held up. */
export function makeImagesAhead(
  arrived: (url: string) => void,
  failed: (url: string) => void,
  decode: Decode = fetchBitmap,
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
        } else image.close();
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
        image?.close();
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

async function fetchBitmap(url: string, signal: AbortSignal): Promise<ImageBitmap> {
  const response = await fetch(url, { signal });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return createImageBitmap(await response.blob());
}
