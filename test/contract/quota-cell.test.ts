/** Edge node and server match cells by the same code. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { conditionNames, factors } from '../../schema/production-context.ts';
import { fitsCell } from '../../schema/quota-cell.ts';

const seen = {
  cameraId: 'camera-1',
  context: { productCode: 'a', speedPerMin: 1.5, batchCode: null, machineMode: 'Produce', jobCode: 'j', signals: [] },
  imageStats: { brightness: 0.5, contrast: 0.25, colourCast: 0.125, sharpness: 300 },
  position: null,
};

describe('a cell of conditions', () => {
  it.each([
    [{}, true],
    [{ cameraId: 'camera-1' }, true],
    [{ productCode: 'a' }, true],
    [{ productCode: 'b' }, false],
    [{ speedPerMin: 1.5 }, true],
    [{ speedPerMin: { min: 1, max: 2 } }, true],
    [{ speedPerMin: { min: 1.5, max: null } }, true],
    // The lower bound belongs to the cell, the upper one to the next.
    [{ speedPerMin: { min: null, max: 1.5 } }, false],
    [{ brightness: { min: 0.5 }, sharpness: { max: 301 } }, true],
    [{ rotationDeg: { min: -1, max: 1 } }, false],
    [{ productCode: { min: 1 } }, false],
    [{ batchCode: 'x' }, false],
    [{ unheardOf: 'x' }, false],
    [{ toString: 'x' }, false],
    // The inspection says it, but no quota can ask for it.
    [{ jobCode: 'j' }, false],
    [{ productCode: 'a', speedPerMin: { min: 9 } }, false],
    [{ machineMode: 'production' }, true],
    [{ machineMode: 'Manual' }, false],
    [{ machineMode: { min: 1 } }, false],
  ])('%j', (cell, fits) => {
    expect(fitsCell(seen, cell)).toBe(fits);
  });

  it('takes nothing in of an inspection that says nothing', () => {
    fc.assert(
      fc.property(fc.constantFrom(...conditionNames), fc.double(), (name, value) => {
        const wanted = factors[name].kind === 'number' ? { min: -Math.abs(value) } : String(value);
        expect(fitsCell({ cameraId: 'camera-1', context: null }, { [name]: wanted })).toBe(false);
      }),
    );
  });
});
