interface PlantZone {
  code: string;
  name: string;
  timeZone: string;
}

/**
 * The clocks that the truth bar shows: of the plant one looks at, otherwise one per time zone. A name stands only where there
 * are several, and is then that of the zone's first plant.
 */
export function plantClocks(
  plants: readonly PlantZone[],
  plantCode: string | undefined,
): { timeZone: string; name: string | undefined }[] {
  const chosen = plants.find(({ code }) => code === plantCode);
  if (chosen) return [{ timeZone: chosen.timeZone, name: undefined }];

  const byZone = new Map<string, string>();
  for (const { timeZone, name } of plants) if (!byZone.has(timeZone)) byZone.set(timeZone, name);
  return [...byZone].map(([timeZone, name]) => ({ timeZone, name: byZone.size > 1 ? name : undefined }));
}
