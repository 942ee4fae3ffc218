/** German, for the factors of production context. */
import type * as english from './words-factors-en.ts';

export const factors: typeof english.factors = {
  machineState: { name: 'Maschinenzustand', unit: '' },
  machineMode: { name: 'Betriebsart', unit: '' },
  materialSupplier: { name: 'Lieferant des Materials', unit: '' },
  shift: { name: 'Schicht', unit: '' },
  speedPerMin: { name: 'Geschwindigkeit', unit: '/min' },
  temperatureC: { name: 'Temperatur', unit: '°C' },
  humidityPercent: { name: 'Luftfeuchte', unit: '% rF' },
  lampHours: { name: 'Lampenstunden', unit: 'h' },
};
