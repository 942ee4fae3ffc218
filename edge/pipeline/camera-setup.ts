/** How one camera's images are cut and aligned for one recipe. */

export interface CameraSetup {
  /** Shares of the image's sides; null: the whole image. */
  roi: { x: number; y: number; width: number; height: number } | null;
  /** An image of a part that lies as it should; null: parts are not located. */
  reference: { sha256: string; path: string } | null;
  /** In pixels of the original image. A part farther off is reported and not brought back. */
  maxOffsetPx: number;
  /** 0 for parts that cannot turn, and for round ones. */
  maxRotationDeg: number;
}

export const WHOLE_IMAGE: CameraSetup = { roi: null, reference: null, maxOffsetPx: 0, maxRotationDeg: 0 };
