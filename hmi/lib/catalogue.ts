/** The plants and lines that the viewer may see: what navigation, addresses and clocks are made of. */
import { type Accessor, createContext, useContext } from 'solid-js';
import { graphql, type ResultOf } from '#schema/graphql.ts';

export const Catalogue = graphql(`
  query Catalogue {
    plants(first: 100) {
      edges { node { id code name timeZone lines { id code name targetRatePerMin } } }
    }
  }
`);

export type CataloguePlant = ResultOf<typeof Catalogue>['plants']['edges'][number]['node'];
export type CatalogueLine = CataloguePlant['lines'][number];

export const CatalogueContext = createContext<Accessor<readonly CataloguePlant[]>>();

export function useCatalogue(): Accessor<readonly CataloguePlant[]> {
  const catalogue = useContext(CatalogueContext);
  if (!catalogue) throw new Error('useCatalogue needs a CatalogueContext above it');
  return catalogue;
}

/** Asks for the catalogue at once, instead of with the next refresh: something of it was changed here. */
export const CatalogueRefreshContext = createContext<() => Promise<void>>();

export function useCatalogueRefresh(): () => Promise<void> {
  const refresh = useContext(CatalogueRefreshContext);
  if (!refresh) throw new Error('useCatalogueRefresh needs a CatalogueRefreshContext above it');
  return refresh;
}

export function findLine(
  plants: readonly CataloguePlant[],
  plantCode: string | undefined,
  lineCode: string | undefined,
): { plant: CataloguePlant; line: CatalogueLine } | undefined {
  const plant = plants.find(({ code }) => code === plantCode);
  const line = plant?.lines.find(({ code }) => code === lineCode);
  return plant && line ? { plant, line } : undefined;
}

export function linePath(plant: { code: string }, line: { code: string }): string {
  return `/plants/${encodeURIComponent(plant.code)}/lines/${encodeURIComponent(line.code)}`;
}
