/** Where files lie in the home. A hash is 64 lower-case hexadecimal digits and already checked. */
import { join } from 'node:path';

/** One image of a plant; its two first digits are a folder, so that no folder holds millions of files. */
export function imagePath(home: string, plantId: string, sha256: string): string {
  return join(home, 'images', plantId, sha256.slice(0, 2), sha256);
}

/** Widths that thumbnails come in, so that a client cannot fill the disk with one of every width. */
export const thumbnailWidths = [80, 160, 320, 640, 1280] as const;

/** A thumbnail made from it; may be deleted at any time. */
export function thumbnailPath(home: string, plantId: string, sha256: string, width: number): string {
  return join(home, 'thumbnails', plantId, sha256.slice(0, 2), `${sha256}-${width}.webp`);
}

/** What near-duplicates of it are found by: a small picture of its light. May be deleted at any time. */
export function sketchPath(home: string, plantId: string, sha256: string): string {
  return join(home, 'sketches', plantId, sha256.slice(0, 2), sha256);
}

/** A plant's index of embeddings; may be deleted while nothing runs. */
export function similarityFolder(home: string, plantId: string): string {
  return join(home, 'similarity', plantId);
}

export function artifactPath(home: string, sha256: string): string {
  return join(home, 'artifacts', sha256.slice(0, 2), sha256);
}

/** Uploads and other files in the making; emptied at start. Beside the stores, so that a rename into them is atomic. */
export function incomingFolder(home: string): string {
  return join(home, 'incoming');
}

/** Files of one export. */
export function exportFolder(home: string, exportId: string): string {
  return join(home, 'exports', exportId);
}

export function exportUrl(exportId: string, name: string): string {
  return `/exports/${exportId}/${name}`;
}

/** Where all images of a plant lie. */
export function imageStoreFolder(home: string, plantId: string): string {
  return join(home, 'images', plantId);
}

/** Archives that people send for imports; the name is checked at the door. */
export function importUploadFolder(home: string, plantId: string): string {
  return join(home, 'imports', plantId);
}

export function importUploadPath(home: string, plantId: string, name: string): string {
  return join(importUploadFolder(home, plantId), name);
}

export function importReportUrl(importId: string): string {
  return `/imports/${importId}/report.csv`;
}

/** Where an image is fetched: its hash says what, the plant's code whose. */
export function imageUrl(plantCode: string, sha256: string): string {
  return `/images/${plantCode}/${sha256}`;
}

export function artifactUrl(sha256: string): string {
  return `/artifacts/${sha256}`;
}
