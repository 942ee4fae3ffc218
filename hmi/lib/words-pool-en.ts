/** English, for the pool of images, and for what stands around every screen of a plant's data. */

export const data = {
  title: (plant: string) => `Data · ${plant}`,
  parts: 'Parts of the data',
  noSuchPlant: 'This plant is not known, or you may not see it.',
  tabs: {
    pool: 'Pool',
    map: 'Map',
    review: 'Review',
    book: 'Defect book',
    agreement: 'Agreement',
    sets: 'Datasets',
    exchange: 'Import, export',
    retention: 'Retention',
  },
};

export const pool = {
  none: 'There is no image yet. They come from the edge nodes, or from an import.',
};
