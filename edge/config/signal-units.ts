/** Whether the unit of a signal's value is the one that its role needs. Units are free text: what is not known is told as such. */

/** `isSure`: it is another unit for certain; else nobody knows it. */
export interface UnitTrouble {
  isSure: boolean;
  message: string;
}

/** In millimetres. */
const LENGTHS = new Map([
  ['µm', 0.001],
  ['μm', 0.001],
  ['um', 0.001],
  ['mm', 1],
  ['millimetre', 1],
  ['millimeter', 1],
  ['cm', 10],
  ['dm', 100],
  ['m', 1_000],
  ['metre', 1_000],
  ['meter', 1_000],
  ['in', 25.4],
  ['inch', 25.4],
  ['"', 25.4],
  ['ft', 304.8],
  ['foot', 304.8],
]);
/** A worn or stretched measuring wheel is corrected in mmPerUnit. */
const MOST_CORRECTION = 0.2;
const PER_TIME =
  /(?:\/|per )\s*(?:s|sec|second|min|minute|h|hr|hour|std|d|day)\.?$|^(?:[rpcbu]p[msh]|hz|s-1|s⁻¹|min-1|min⁻¹|h-1|h⁻¹)$/;
const PER_MINUTE = /(?:\/|per )\s*(?:min|minute)\.?$|^(?:[pcbu]pm|min-1|min⁻¹)$/;
const LENGTH_PER_TIME =
  /^(?:µm|μm|um|mm|cm|dm|m|km|in|inch|ft|foot|feet|met(?:re|er)s?|millimet(?:re|er)s?)\s*(?:\/|per )/;

export function encoderUnitTrouble(unit: string, mmPerUnit: number): UnitTrouble | undefined {
  const name = plain(unit);
  if (PER_TIME.test(name)) {
    const message = `the unit ${unit} is that of a speed: map the position of the encoder, or give speedSignal with parts per minute`;
    return { isSure: true, message };
  }
  const mm = LENGTHS.get(name) ?? LENGTHS.get(name.replace(/s$/, ''));
  if (mm === undefined || Math.abs(mmPerUnit / mm - 1) <= MOST_CORRECTION) return undefined;
  const message = `the unit ${unit} is ${mm} mm, gate.mmPerUnit is ${mmPerUnit}: give mmPerUnit: ${mm}, or the signal the unit that its value has`;
  return { isSure: true, message };
}

/** Of a gate's speedSignal. */
export function speedUnitTrouble(unit: string): UnitTrouble | undefined {
  const name = plain(unit);
  const isOfLength = LENGTH_PER_TIME.test(name);
  if (!isOfLength && PER_MINUTE.test(name)) return undefined;
  const isSure = isOfLength || PER_TIME.test(name) || LENGTHS.has(name) || name === '%';
  const remedy =
    'map a signal with parts per minute, or an encoder, and give the signal the unit that its value has, 1/min';
  return { isSure, message: `the unit ${unit} is ${isSure ? 'not' : 'not known to be'} parts per minute: ${remedy}` };
}

export function temperatureUnitTrouble(unit: string): UnitTrouble | undefined {
  const isOther = /^(?:°\s*)?(?:f|fahrenheit|k|kelvin)$/.test(plain(unit));
  const message = `the unit ${unit} is not °C: map a value in °C, or give the signal another name`;
  return isOther ? { isSure: true, message } : undefined;
}

function plain(unit: string): string {
  return unit.trim().toLowerCase();
}
