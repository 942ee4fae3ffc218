import { describe, expect, it } from 'vitest';
import { encoderUnitTrouble, speedUnitTrouble, temperatureUnitTrouble } from '../../edge/config/signal-units.ts';

describe('the unit of a signal', () => {
  it.each([
    ['mm', 1],
    ['MM', 0.93],
    ['m', 1_000],
    ['inch', 25.4],
    ['pulses', 0.05],
    ['1', 1],
    ['constructor', 1],
  ])('is taken for an encoder: %s with mmPerUnit %d', (unit, mmPerUnit) => {
    expect(encoderUnitTrouble(unit, mmPerUnit)).toBeUndefined();
  });

  it.each([
    ['m', 1, 'give mmPerUnit: 1000'],
    ['Metres', 1, 'give mmPerUnit: 1000'],
    ['mm', 1_000, 'give mmPerUnit: 1,'],
    ['cm', 1, 'give mmPerUnit: 10,'],
    ['mm/s', 1, 'map the position'],
    ['m/min', 1, 'map the position'],
    ['rpm', 1, 'map the position'],
    ['1/min', 1, 'map the position'],
  ])('is another than an encoder has: %s with mmPerUnit %d', (unit, mmPerUnit, remedy) => {
    expect(encoderUnitTrouble(unit, mmPerUnit)).toMatchObject({
      isSure: true,
      message: expect.stringContaining(remedy),
    });
  });

  it.each(['1/min', '/min', 'parts/min', 'bottles / minute', 'pcs per minute', 'ppm', 'BPM', 'min-1', 'Stk/min'])(
    'is parts per minute: %s',
    (unit) => {
      expect(speedUnitTrouble(unit)).toBeUndefined();
    },
  );

  it.each([
    'parts/h',
    'bph',
    '1/s',
    'Hz',
    'm/s',
    'mm/s',
    'm/min',
    'ft/min',
    'rpm',
    'mm',
    '%',
    'Stk/Std',
    'parts per hour',
  ])('is not parts per minute: %s', (unit) => {
    expect(speedUnitTrouble(unit)).toMatchObject({ isSure: true });
  });

  it.each(['Takte', '1', 'constructor', ''])('is not known: %j', (unit) => {
    expect(speedUnitTrouble(unit)).toMatchObject({ isSure: false });
  });

  it('is a temperature of another kind', () => {
    expect(['°C', 'C', 'degC'].map(temperatureUnitTrouble)).toEqual([undefined, undefined, undefined]);
    for (const unit of ['°F', 'K', 'fahrenheit']) expect(temperatureUnitTrouble(unit)).toMatchObject({ isSure: true });
  });
});
