import { describe, expect, it } from 'vitest';
import { auditDataset } from '../../../../server/modules/images/data-quality/audit-dataset.ts';
import { runAudit } from '../../../../server/modules/images/data-quality/run-audit.ts';
import { makeSet } from './made-set.ts';

describe('looking a set through in a process of its own', () => {
  it('gives what the same look gives here', async () => {
    const set = makeSet(60, 4);
    expect(await runAudit(set)).toEqual(auditDataset(set));
    const { vectors: _, ...bare } = set;
    expect(await runAudit({ ...bare, vectors: null })).toEqual(auditDataset({ ...bare, vectors: null }));
  });

  it('says in its own words what is wrong with the set', async () => {
    await expect(runAudit({ ...makeSet(10, 1), sha256: [] })).rejects.toThrow('sha256: has 0 entries, label has 10');
  });

  it('ends when nobody waits for it any more', async () => {
    const stop = new AbortController();
    const looking = runAudit(makeSet(2000, 1), { signal: stop.signal });
    stop.abort(new Error('stopped'));
    await expect(looking).rejects.toThrow('stopped');
  });
});
