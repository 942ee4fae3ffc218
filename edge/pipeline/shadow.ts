/**
 * A model that looks on: it judges what the active one has judged and is compared with it. What it says goes nowhere else,
 * and it is left out whenever the line is behind.
 */
import type { ModelProcess } from '../models/model-process.ts';
import type { CameraSetup } from './camera-setup.ts';
import type { Verdict } from './frame.ts';

export interface ShadowState {
  modelVersionId: string;
  /** Images that both judged. */
  compared: number;
  /** Of these, the ones with the same verdict. */
  agreed: number;
}

export interface Shadow {
  /** Undefined while no model looks on. */
  state(): ShadowState | undefined;
  /** Returns at once; one image at a time. */
  look(image: { bytes: Uint8Array<ArrayBuffer>; setup: CameraSetup }, active: Verdict): void;
}

export function createShadow(current: () => ModelProcess | undefined): Shadow {
  let state: ShadowState | undefined;
  let isBusy = false;
  return {
    state() {
      const model = current();
      return model && state?.modelVersionId === model.modelVersionId ? { ...state } : stateOf(model);
    },
    look(image, active) {
      const model = current();
      if (!model || isBusy) return;
      if (state?.modelVersionId !== model.modelVersionId) state = stateOf(model);
      const counted = state;
      isBusy = true;
      model.judge(image).then(
        ({ verdict }) => {
          isBusy = false;
          if (!counted) return;
          counted.compared++;
          if (verdict === active) counted.agreed++;
        },
        // Its process tells by itself when it fails; the line does not depend on it.
        () => {
          isBusy = false;
        },
      );
    },
  };
}

function stateOf(model: ModelProcess | undefined): ShadowState | undefined {
  return model && { modelVersionId: model.modelVersionId, compared: 0, agreed: 0 };
}
