/** OPC UA values at the door: what a data value means for Lehr. */
import { DataType, type DataValue, type StatusCode, Variant } from 'node-opcua';
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
}

/** The API takes so much of a signal; more is no machine state but a document. */
const MAX_ITEMS = 16;
const MAX_TEXT = 200;

export function readDataValue({ value, statusCode, sourceTimestamp, serverTimestamp }: DataValue): OpcuaReading {
  const sourceMs = (sourceTimestamp ?? serverTimestamp)?.getTime();
  const plain = value && value.dataType !== DataType.Null ? toJson(value.value, value.dataType) : undefined;
  const quality = plain === undefined ? 'BAD' : qualityOf(statusCode);
  const told = statusCode.isGood() ? 'the value has no plain form' : statusCode.name;
  return {
    value: plain ?? null,
    quality,
    sourceMs,
    isAfterLoss: statusCode.hasOverflowBit,
    type: value && value.dataType !== DataType.Null ? DataType[value.dataType] : undefined,
    status: quality === 'GOOD' ? undefined : told,
  };
}

/** Part 4, 7.39: severity is in the two highest bits. An uncertain value is the last usable one. */
function qualityOf(statusCode: StatusCode): Quality {
  const severity = statusCode.value >>> 30;
  if (severity === 0) return 'GOOD';
  return severity === 1 ? 'STALE' : 'BAD';
}

/** Undefined for what has no plain form, e.g. structures. */
function toJson(value: unknown, dataType: DataType): Json | undefined {
  if (typeof value === 'string') return isPlainText(value) ? value : undefined;
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

/** A NUL or half of a surrogate pair cannot be stored in PostgreSQL. */
function isPlainText(text: string): boolean {
  return text.length <= MAX_TEXT && text.isWellFormed() && !text.includes('\u0000');
}

const NUMBERS = new Set([
  DataType.SByte,
  DataType.Byte,
  DataType.Int16,
  DataType.UInt16,
  DataType.Int32,
  DataType.UInt32,
  DataType.Float,
  DataType.Double,
]);

/** Throws when the node takes values of another kind. */
export function writableVariant(name: string, value: Json, dataType: DataType): Variant {
  const fits =
    (dataType === DataType.Boolean && typeof value === 'boolean') ||
    (dataType === DataType.String && typeof value === 'string') ||
    (NUMBERS.has(dataType) && typeof value === 'number');
  if (fits) return new Variant({ dataType, value });
  throw new Error(`${name} is of type ${DataType[dataType]} and takes no ${JSON.stringify(value)}; map another node`);
}
