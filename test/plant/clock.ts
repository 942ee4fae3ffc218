/** The clock of a program of the plant: every reading of it in this process can be shifted, as a controller's clock that nobody has set. */

let shiftMs = 0;
const RealDate = Date;

/** From here on the process's wall clock is `ms` ahead of the computer's (behind when negative). Timers are not touched. */
export function shiftClock(ms: number): void {
  shiftMs = ms;
  if (globalThis.Date === RealDate) globalThis.Date = ShiftedDate as DateConstructor;
}

export function clockShiftMs(): number {
  return shiftMs;
}

class ShiftedDate extends RealDate {
  constructor(...given: unknown[]) {
    if (given.length === 0) super(RealDate.now() + shiftMs);
    else super(...(given as [number]));
  }

  static override now(): number {
    return RealDate.now() + shiftMs;
  }
}
