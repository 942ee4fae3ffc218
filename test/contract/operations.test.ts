/** What HMI and edge say is stored by its hash, as they send it, and nothing else is. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parse, specifiedRules, validate } from 'graphql';
import { describe, expect, it } from 'vitest';
import { RECORD_INSPECTIONS } from '../../edge/uplink/documents.ts';
import { WatchLine } from '../../hmi/features/line/line.documents.ts';
import { storedOperation } from '../../hmi/lib/stored-operation.ts';
import { readConfig } from '../../server/config.ts';
import { queryLimitRule } from '../../server/graphql/query-limits.ts';
import { schema } from '../../server/graphql/schema.ts';
import { printOperations } from './print-operations.ts';

const file = new URL('../../schema/operations.json', import.meta.url);

describe('the stored operations', () => {
  it('are those of HMI and edge as they stand', async () => {
    expect(await readFile(file, 'utf8')).toBe(await printOperations());
  });

  it('are found by what the HMI and the edge send', async () => {
    const stored: Record<string, string> = JSON.parse(await readFile(file, 'utf8'));
    expect(stored[storedOperation(WatchLine).sha256Hash]).toContain('subscription WatchLine(');
    const edgeHash = createHash('sha256').update(RECORD_INSPECTIONS, 'utf8').digest('hex');
    expect(stored[edgeHash]).toBe(RECORD_INSPECTIONS);
  });

  it('are valid, and within the limits of the standard configuration', async () => {
    const stored: Record<string, string> = JSON.parse(await readFile(file, 'utf8'));
    const rules = [...specifiedRules, queryLimitRule(readConfig({}).limits)];
    for (const text of Object.values(stored)) expect(validate(schema, parse(text), rules), text).toEqual([]);
  });
});
