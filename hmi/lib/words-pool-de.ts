import type { Words } from './words-en.ts';

/** German, for the pool of images, and for what stands around every screen of a plant's data. */

export const data: Words['data'] = {
  title: (plant) => `Daten · ${plant}`,
  parts: 'Bereiche der Daten',
  noSuchPlant: 'Dieses Werk ist nicht bekannt, oder Sie dürfen es nicht sehen.',
  tabs: {
    pool: 'Bilder',
    map: 'Karte',
    review: 'Prüfung',
    book: 'Fehlerkatalog',
    agreement: 'Übereinstimmung',
    sets: 'Datensätze',
    exchange: 'Import, Export',
    retention: 'Aufbewahrung',
  },
};

export const pool: Words['pool'] = {
  none: 'Noch ist kein Bild da. Bilder kommen von den Edge-Knoten oder aus einem Import.',
};
