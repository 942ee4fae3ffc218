/** Column types that Kysely cannot guess from the value alone. */
import type { ColumnType } from 'kysely';

/** jsonb: read as parsed, written as text (`JSON.stringify`), because the driver would turn a bare array into a PostgreSQL array. */
export type Json<T> = ColumnType<T, string, string>;

/** A column that the database fills in when the insert leaves it out. */
export type Defaulted<T> = ColumnType<T, T | undefined, T>;
