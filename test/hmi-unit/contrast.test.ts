import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync(new URL('../../hmi/tokens.css', import.meta.url), 'utf8');

/** The colours that a rule of the file sets, by token name. */
function coloursOf(selector: string): Map<string, string> {
  const rule = css.split(`${selector} {`)[1]?.split('}')[0] ?? '';
  return new Map(
    [...rule.matchAll(/(--[\w-]+):\s*(#[0-9a-f]{6});/g)].map(([, name, value]) => [name ?? '', value ?? '']),
  );
}

/** Relative luminance after WCAG 2.2. */
function luminance(colour: string): number {
  const channels = [1, 3, 5].map((start) => Number.parseInt(colour.slice(start, start + 2), 16) / 255);
  const [red = 0, green = 0, blue = 0] = channels.map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string, b: string): number {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
}

const grounds = ['--ground', '--panel', '--raised'];
const leastContrast: [token: string, least: number][] = [
  ['--ink', 7],
  ['--ink-2', 7],
  ['--ink-3', 4.5],
  ['--live', 3],
  ['--mark', 3],
  ['--p1', 3],
  ['--p2', 3],
  ['--p3', 3],
  ['--p4', 3],
];

describe.each([
  ['light', ':root'],
  ['dark', ':root[data-theme="dark"]'],
])('the %s tokens', (_theme, selector) => {
  const colours = coloursOf(selector);
  const colour = (token: string) => colours.get(token) ?? expect.fail(`${token} is not set in ${selector}`);

  it.each(leastContrast)('keep %s at %d : 1 or more on ground, panel and raised', (token, least) => {
    for (const ground of grounds) {
      expect(contrast(colour(token), colour(ground)), `${token} on ${ground}`).toBeGreaterThanOrEqual(least);
    }
  });

  it('keep reversed labels readable', () => {
    expect(contrast(colour('--ground'), colour('--ink'))).toBeGreaterThanOrEqual(7);
  });
});

describe('the contrast of two colours', () => {
  it('is 21 between black and white and 1 between equals', () => {
    expect(contrast('#000000', '#ffffff')).toBeCloseTo(21, 5);
    expect(contrast('#55606a', '#55606a')).toBe(1);
  });
});
