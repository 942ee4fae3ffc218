/** English, for the factors of production context. A factor without its words is a type error. */
import type { AskedWord, MachineNumber } from '#schema/production-context.ts';

interface FactorWords {
  name: string;
  unit: string;
}

export const factors: Record<AskedWord | MachineNumber, FactorWords> = {
  machineState: { name: 'Machine state', unit: '' },
  machineMode: { name: 'Machine mode', unit: '' },
  materialSupplier: { name: 'Supplier of the material', unit: '' },
  shift: { name: 'Shift', unit: '' },
  speedPerMin: { name: 'Speed', unit: '/min' },
  temperatureC: { name: 'Temperature', unit: '°C' },
  humidityPercent: { name: 'Humidity', unit: '% rH' },
  lampHours: { name: 'Lamp hours', unit: 'h' },
};
