/** Where an alarm is, as people say it. Pure. */

interface Named {
  name: string;
}

export interface PlacedAlarm {
  line: Named | null;
  station: Named | null;
  camera: Named | null;
  edgeNode: Named | null;
}

/** From the large to the small: `Line 3 · Side wall · Camera 1`. An edge node serves several lines and is a place of its own. */
export function alarmPlace(alarm: PlacedAlarm, plantName?: string): string {
  const parts = [plantName, alarm.line?.name, alarm.station?.name, alarm.camera?.name, alarm.edgeNode?.name];
  return parts.filter((part) => part !== undefined).join(' · ');
}
