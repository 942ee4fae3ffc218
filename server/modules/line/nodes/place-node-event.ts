/** What an event of a node is about: a station names its line, a camera names both. */
import { type Refusal, shown } from '../../../kit/check-values.ts';
import { encodeGlobalId } from '../../../kit/global-id.ts';
import { type NodeEventRule, nodeEventRules } from './node-event-kinds.ts';
import type { ReadNodeEvent } from './read-node-event.ts';

/** A station that the node serves, and one of its cameras if it has any. */
export interface ServedPlace {
  lineId: string;
  stationId: string;
  cameraId: string | null;
}

export interface NodePlaces {
  lines: ReadonlySet<string>;
  /** Station -> line. */
  stations: ReadonlyMap<string, string>;
  /** Camera -> station. */
  cameras: ReadonlyMap<string, string>;
}

export function nodePlaces(served: readonly ServedPlace[]): NodePlaces {
  return {
    lines: new Set(served.map((place) => place.lineId)),
    stations: new Map(served.map((place) => [place.stationId, place.lineId])),
    cameras: new Map(served.flatMap(({ cameraId, stationId }) => (cameraId === null ? [] : [[cameraId, stationId]]))),
  };
}

/** The event with its line and station, or why it cannot be about what it names. */
export function placeNodeEvent(event: ReadNodeEvent, places: NodePlaces): ReadNodeEvent | Refusal {
  let { stationId, lineId } = event;
  const { cameraId } = event;
  if (cameraId !== null) {
    const itsStation = places.cameras.get(cameraId);
    if (itsStation === undefined) return notOfNode('cameraId', 'Camera', cameraId);
    if (stationId !== null && stationId !== itsStation) return elsewhere('stationId', 'Station', stationId, 'camera');
    stationId = itsStation;
  }
  if (stationId !== null) {
    const itsLine = places.stations.get(stationId);
    if (itsLine === undefined) return notOfNode('stationId', 'Station', stationId);
    if (lineId !== null && lineId !== itsLine) return elsewhere('lineId', 'Line', lineId, 'station');
    lineId = itsLine;
  }
  if (lineId !== null && !places.lines.has(lineId)) return notOfNode('lineId', 'Line', lineId);

  const { about }: NodeEventRule = nodeEventRules[event.kind];
  if (about === 'station' && stationId === null)
    return { field: 'stationId', value: null, reason: `is missing; ${event.kind} is about a station: name it` };
  if (about === 'line' && lineId === null)
    return { field: 'lineId', value: null, reason: `is missing; ${event.kind} is about a line: name it` };
  return { ...event, stationId, lineId };
}

function notOfNode(field: string, typename: string, key: string): Refusal {
  const reason = `is not a ${typename.toLowerCase()} of this edge node; give the station to the node, or take the id from the node`;
  return { field, value: shown(encodeGlobalId(typename, key)), reason };
}

function elsewhere(field: string, typename: string, key: string, other: string): Refusal {
  const value = shown(encodeGlobalId(typename, key));
  return { field, value, reason: `is not where the ${other} stands; leave it out or name the right one` };
}
