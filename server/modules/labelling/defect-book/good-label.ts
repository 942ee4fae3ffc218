/** The one label that is no class of defect. */

/** What every plant calls an image without a defect. */
export const GOOD = 'good';
