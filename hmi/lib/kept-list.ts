/** Lists that outlive the page: in the browser's storage where it may be used, otherwise as long as the page lives. */

export interface KeptList<Entry> {
  read(): Entry[];
  /** False when it could not be stored: it holds only until the page is closed. */
  write(entries: readonly Entry[]): boolean;
}

export interface TextStore {
  getItem(name: string): string | null;
  setItem(name: string, value: string): void;
  removeItem(name: string): void;
}

export function makeKeptList<Entry>(name: string, store: TextStore | undefined): KeptList<Entry> {
  let here: readonly Entry[] = [];
  return {
    read() {
      try {
        const text = store?.getItem(name);
        const found: unknown = text ? JSON.parse(text) : here;
        return Array.isArray(found) ? [...found] : [];
      } catch {
        return [...here];
      }
    },
    write(entries) {
      here = entries;
      try {
        if (!store) return false;
        if (entries.length === 0) store.removeItem(name);
        else store.setItem(name, JSON.stringify(entries));
        return true;
      } catch {
        return false;
      }
    },
  };
}

/** Undefined where storage is forbidden. */
export function browserStore(): TextStore | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
