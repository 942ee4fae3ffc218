/** OPC UA values at the door: what a data value means for Lehr. */
import { DataType, type DataValue, type StatusCode } from 'node-opcua';
import type { Json, Quality } from '../pipeline/frame.ts';

export interface OpcuaReading {
  value: Json;
  quality: Quality;
  /** Undefined when the server gave no time. */
  sourceMs: number | undefined;
  /** The server's queue was full: it has thrown away values before this one. */
  isAfterLoss: boolean;
  /** OPC UA built-in type of the value; undefined when there is none. */
  type: string | undefined;
  /** Name of the status code, or why the value is no use; undefined when the quality is GOOD. */
  status: string | undefined;
  /** The machine calls the value good, but it is none that can be kept. */
  isUnfit: boolean;
}

/** The API takes so much of a signal; more is no machine state but a document. */
const MAX_ITEMS = 16;
const MAX_TEXT = 200;
const UNFIT = 'a structure, too long, not finite or no plain text; its type is';

/** With `asText` a list of characters, as controllers keep their texts, is one. */
export function readDataValue(
  { value, statusCode, sourceTimestamp, serverTimestamp }: DataValue,
  asText = false,
): OpcuaReading {
  const sourceMs = stampOf(sourceTimestamp) ?? stampOf(serverTimestamp);
  const hasValue = value !== null && value !== undefined && value.dataType !== DataType.Null;
  const text = hasValue && asText ? textOfCharacters(value.value) : undefined;
  const plain = hasValue ? toJson(text ?? value.value, value.dataType) : undefined;
  const quality = plain === undefined ? 'BAD' : qualityOf(statusCode);
  const isUnfit = quality === 'BAD' && statusCode.isGood() && hasValue;
  const told = statusCode.isGood() ? 'the value is empty' : statusCode.name;
  return {
    value: plain ?? null,
    quality,
    sourceMs,
    isAfterLoss: statusCode.hasOverflowBit,
    type: hasValue ? DataType[value.dataType] : undefined,
    status: quality === 'GOOD' ? undefined : isUnfit ? `${UNFIT} ${DataType[value.dataType]}` : told,
    isUnfit,
  };
}

/** A server that has no time sends the first moment of OPC UA's calendar, in 1601. */
function stampOf(stamp: Date | null | undefined): number | undefined {
  const ms = stamp?.getTime() ?? 0;
  return ms > 0 ? ms : undefined;
}

/** Part 4, 7.39: severity is in the two highest bits. An uncertain value is the last usable one. */
function qualityOf(statusCode: StatusCode): Quality {
  const severity = statusCode.value >>> 30;
  if (severity === 0) return 'GOOD';
  return severity === 1 ? 'STALE' : 'BAD';
}

/** Undefined for what has no plain form, e.g. structures. */
function toJson(value: unknown, dataType: DataType): Json | undefined {
  if (typeof value === 'string') {
    const text = unpadded(value);
    return isPlainText(text) ? text : undefined;
  }
  if (typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : undefined;
  if (value instanceof Date) return value.toISOString();
  if (isPairOfWords(value, dataType)) return fromWords(value, dataType);
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return listToJson(value, dataType);
  if (typeof value === 'object' && value !== null) {
    if (dataType === DataType.LocalizedText && 'text' in value) return toJson(value.text ?? '', DataType.String);
    if (dataType === DataType.QualifiedName && 'name' in value) return toJson(value.name ?? '', DataType.String);
    if (dataType === DataType.NodeId) return toJson(String(value), DataType.String);
  }
  return undefined;
}

function listToJson(value: unknown, dataType: DataType): Json | undefined {
  const items = Array.from(value as ArrayLike<unknown>);
  if (items.length > MAX_ITEMS) return undefined;
  const list = items.map((item) => toJson(item, dataType));
  return list.every((item) => item !== undefined) ? list : undefined;
}

/** node-opcua gives 64-bit integers as [high, low]. */
function isPairOfWords(value: unknown, dataType: DataType): value is [number, number] {
  const is64Bit = dataType === DataType.Int64 || dataType === DataType.UInt64;
  return is64Bit && Array.isArray(value) && value.length === 2 && value.every((word) => typeof word === 'number');
}

function fromWords([high, low]: [number, number], dataType: DataType): number | undefined {
  const word = BigInt.asUintN(64, (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0));
  const number = Number(dataType === DataType.Int64 ? BigInt.asIntN(64, word) : word);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Controllers fill a text of fixed length with spaces, or end it with a NUL and leave what was there before. */
function unpadded(text: string): string {
  return (text.split('\u0000', 1)[0] ?? '').trim();
}

/** Undefined for all but bytes and lists of single characters. */
function textOfCharacters(value: unknown): string | undefined {
  if (ArrayBuffer.isView(value)) {
    const isBytes = value instanceof Uint8Array || value instanceof Int8Array;
    return isBytes ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8') : undefined;
  }
  if (!Array.isArray(value)) return undefined;
  const isCharacters = value.every((item) => typeof item === 'string' && item.length <= 1);
  return isCharacters ? value.map((item) => item || '\u0000').join('') : undefined;
}

/** A NUL or half of a surrogate pair cannot be stored in PostgreSQL. */
function isPlainText(text: string): boolean {
  return text.length <= MAX_TEXT && text.isWellFormed() && !text.includes('\u0000');
}
