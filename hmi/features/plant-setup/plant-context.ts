/** The plant whose set-up is on the screen. */
import { type Accessor, createContext, useContext } from 'solid-js';
import type { PlantInSetUp } from './plant-setup.documents.ts';

export interface PlantInContext {
  plant: Accessor<PlantInSetUp>;
  /** To be called when something was changed; resolves when the screens show it. */
  refresh: () => Promise<void>;
}

export const PlantContext = createContext<PlantInContext>();

export function usePlantSetUp(): PlantInContext {
  const plant = useContext(PlantContext);
  if (!plant) throw new Error('usePlantSetUp needs a PlantContext above it');
  return plant;
}
