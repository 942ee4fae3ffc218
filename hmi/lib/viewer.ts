/** What the person at this screen may do, as the server has said; the server alone decides. */
import { type Accessor, createContext, useContext } from 'solid-js';

export interface ViewerRights {
  personId: string;
  name: string;
  /** Of the installation: every plant, and plants themselves. */
  isAdministrator: boolean;
  /** Of which the person is administrator by a role there. */
  administeredPlantIds: readonly string[];
  /** Roles by the plant's id, as the server names them. */
  rolesIn: Readonly<Record<string, readonly string[]>>;
}

const alarmOperators: readonly string[] = ['OPERATOR', 'QUALITY_ENGINEER', 'ADMINISTRATOR'];
const curators: readonly string[] = ['QUALITY_ENGINEER', 'ML_ENGINEER', 'ADMINISTRATOR'];
const suggesters: readonly string[] = ['OPERATOR', ...curators];
const alarmEngineers: readonly string[] = ['QUALITY_ENGINEER', 'ADMINISTRATOR'];

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

/** May acknowledge, shelve and reset the plant's alarms. */
export function answersAlarms(viewer: ViewerRights, plantId: string): boolean {
  return holdsOneOf(viewer, plantId, alarmOperators);
}

/** May decide how alarms behave, and have a node send again what was refused. */
export function isQualityEngineer(viewer: ViewerRights, plantId: string): boolean {
  return holdsOneOf(viewer, plantId, alarmEngineers);
}

/** May label, curate, freeze, import and export. */
export function curates(viewer: ViewerRights, plantId: string): boolean {
  return holdsOneOf(viewer, plantId, curators);
}

/** May say at the line whether a verdict was right. */
export function suggests(viewer: ViewerRights, plantId: string): boolean {
  return holdsOneOf(viewer, plantId, suggesters);
}

function holdsOneOf(viewer: ViewerRights, plantId: string, roles: readonly string[]): boolean {
  return viewer.isAdministrator || (viewer.rolesIn[plantId] ?? []).some((role) => roles.includes(role));
}
