/** Cameras that would get each other's images, or whose images could never be tied to a part. */
import type { Mistake } from './mistake.ts';
import { needsTrigger, type StationConfig } from './station-config.ts';

/** What a time in whole seconds leaves open. */
const DATE_UNSURE_MS = 1_000;

export function findCameraMistakes(stations: readonly StationConfig[]): Mistake[] {
  const places = new Map<string, string>();
  return stations.flatMap(({ line, station, cameras, trigger }, index) =>
    cameras.flatMap(({ camera, source }, at): Mistake[] => {
      const mistakes: Mistake[] = [];
      const path = ['stations', index, 'cameras', at, 'source'];
      const place = source.kind === 'folder' ? source.path : addressOf(source.url);
      const other = places.get(place);
      places.set(place, `${line}/${station}/${camera}`);
      if (other !== undefined) {
        mistakes.push(
          source.kind === 'folder'
            ? { path: [...path, 'path'], message: `give each camera a folder of its own: ${other} has this one` }
            : { path: [...path, 'url'], message: `give each camera an address of its own: ${other} has this one` },
        );
      }
      const isDated = source.kind === 'http' && source.capture === 'date' && !needsTrigger(source);
      if (isDated && trigger && trigger.windowMs < DATE_UNSURE_MS) {
        const message = `give "x-timestamp" or "arrival": a time in whole seconds is too rough for trigger.windowMs (${trigger.windowMs}), no image would be tied to its part`;
        mistakes.push({ path: [...path, 'capture'], message });
      }
      return mistakes;
    }),
  );
}

/** Written in different ways, an address stays the same. */
function addressOf(url: string): string {
  const address = new URL(url);
  address.hash = '';
  return address.href;
}
