import { describe, expect, it } from 'vitest';
import { archiveName, offsetOf } from '../../hmi/features/exchange/send-archive.ts';
import { uploadName } from '../../server/modules/datasets/exchange/imports.service.ts';

describe('the name of an archive on the server', () => {
  it.each(['Flaschen März 2026.zip', '../../etc/passwd', '.zip', 'a'.repeat(300), '瓶.ZIP'])(
    'fits the door: %s',
    (name) => {
      expect(archiveName(name)).toMatch(uploadName);
    },
  );

  it('is the same for the same file, so that sending goes on', () => {
    expect(archiveName('set 1.zip')).toBe('set-1.zip');
  });
});

describe('where sending goes on', () => {
  const answer = (values: Record<string, string>, ok = true) => ({
    ok,
    headers: { get: (name: string) => values[name] ?? null },
  });

  it('is what the server has of an archive that is not whole', () => {
    expect(offsetOf(answer({ 'upload-complete': '?0', 'upload-offset': '7' }), 9)).toBe(7);
  });

  it('is the beginning for another archive of the name, or none', () => {
    expect(offsetOf(answer({ 'upload-complete': '?1', 'upload-offset': '9' }), 9)).toBe(0);
    expect(offsetOf(answer({ 'upload-complete': '?0', 'upload-offset': '12' }), 9)).toBe(0);
    expect(offsetOf(answer({}, false), 9)).toBe(0);
  });
});
