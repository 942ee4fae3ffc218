/** The plant whose images, labels and datasets are on the screen. */
import { type Accessor, createContext, useContext } from 'solid-js';
import type { CataloguePlant } from './catalogue.ts';

export const DataPlantContext = createContext<Accessor<CataloguePlant>>();

export function useDataPlant(): Accessor<CataloguePlant> {
  const plant = useContext(DataPlantContext);
  if (!plant) throw new Error('useDataPlant needs a DataPlantContext above it');
  return plant;
}

/** `parts` are what stands in the address after the plant, such as 'pool'. */
export function dataPath(plant: { code: string }, ...parts: string[]): string {
  return ['/data', plant.code, ...parts]
    .map((part, index) => (index === 0 ? part : encodeURIComponent(part)))
    .join('/');
}
