/** What the person at this screen may do, as the server has said; the server alone decides. */
import { type Accessor, createContext, useContext } from 'solid-js';

export interface ViewerRights {
  personId: string;
  name: string;
  /** Of the installation: every plant, and plants themselves. */
  isAdministrator: boolean;
  /** Of which the person is administrator by a role there. */
  administeredPlantIds: readonly string[];
}

export const ViewerContext = createContext<Accessor<ViewerRights>>();

export function useViewer(): Accessor<ViewerRights> {
  const viewer = useContext(ViewerContext);
  if (!viewer) throw new Error('useViewer needs a ViewerContext above it');
  return viewer;
}

export function administers(viewer: ViewerRights, plantId: string): boolean {
  return viewer.isAdministrator || viewer.administeredPlantIds.includes(plantId);
}

export function administersAny(viewer: ViewerRights): boolean {
  return viewer.isAdministrator || viewer.administeredPlantIds.length > 0;
}
