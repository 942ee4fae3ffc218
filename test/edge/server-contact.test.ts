import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { UplinkError } from '../../edge/uplink/server-client.ts';
import { createBackOff, createServerContact } from '../../edge/uplink/server-contact.ts';

function listen() {
  const lines: string[] = [];
  const log = pino({ level: 'info' }, { write: (line: string) => lines.push(JSON.parse(line).msg) });
  return { lines, contact: createServerContact('http://server', () => 'nothing waits', log) };
}

describe('telling whether the server is there', () => {
  it('says it once when it goes and once when it comes', () => {
    const { lines, contact } = listen();
    for (let time = 0; time < 3; time++) contact.begin().failed(new Error('refused'));
    expect(contact.isUp).toBe(false);
    for (let time = 0; time < 3; time++) contact.begin().answered();
    expect(contact.isUp).toBe(true);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toContain('http://server: refused');
    expect(lines[1]).toContain('back after');
  });

  it('says one trouble once, whatever reasons it gives, and another when it comes', () => {
    const { lines, contact } = listen();
    for (const reason of ['other side closed', 'connect ECONNREFUSED', '503 starting'])
      contact.begin().failed(new UplinkError('unreachable', reason));
    contact.begin().failed(new UplinkError('unauthorised', '401 unknown key'));
    contact.begin().failed(new UplinkError('unreachable', 'other side closed'));
    expect(lines).toEqual([expect.stringContaining('other side closed'), expect.stringContaining('401 unknown key')]);
  });

  it('hears nothing new from a request that began before the change', () => {
    const { lines, contact } = listen();
    const early = contact.begin();
    const slow = contact.begin();
    contact.begin().failed(new Error('reset'));
    early.answered();
    expect(contact.isUp).toBe(false);
    contact.begin().answered();
    slow.failed(new Error('reset'));
    expect(contact.isUp).toBe(true);
    expect(lines).toHaveLength(2);
  });
});

describe('waiting before the next try', () => {
  it('doubles up to its limit, between half and all of it', () => {
    const shortest = createBackOff(100, 1_000, () => 0);
    const longest = createBackOff(100, 1_000, () => 1);
    expect(Array.from({ length: 6 }, () => shortest.next())).toEqual([50, 100, 200, 400, 500, 500]);
    expect(Array.from({ length: 6 }, () => longest.next())).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    longest.reset();
    expect(longest.next()).toBe(100);
  });
});
