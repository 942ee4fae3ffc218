import { describe, expect, it } from 'vitest';
import { keyOfClass, type PressedKey, reviewCommand } from '../../hmi/lib/review-keys.ts';
import { openLog, perform, type SketchLog } from '../../hmi/lib/sketch-log.ts';
import {
  freshHand,
  type Hand,
  type HandAct,
  handle,
  resizeBrush,
  selectNext,
  takeTool,
} from '../../hmi/lib/sketch-tools.ts';

const size = { width: 200, height: 100 };
const proposal = { classCode: 'crack', kind: 'polygon' as const, rings: [[50, 10, 90, 10, 70, 40]] };

/** One hand over one sketch. */
function work(hand: Hand, log: SketchLog = openLog(size)) {
  const state = { hand, log };
  const act = (next: HandAct) => {
    const { hand: after, steps } = handle(state.hand, next, state.log.present, size);
    state.hand = after;
    state.log = steps.reduce(perform, state.log);
  };
  const press = (x: number, y: number) => act({ kind: 'press', at: { x, y }, tolerance: 4 });
  const release = (x: number, y: number) => act({ kind: 'release', at: { x, y }, tolerance: 4 });
  const tap = (x: number, y: number) => {
    press(x, y);
    release(x, y);
  };
  const drag = (...points: [number, number][]) => {
    const [first = [0, 0], ...rest] = points;
    press(...first);
    for (const [x, y] of rest) act({ kind: 'move', at: { x, y } });
    release(...(points.at(-1) ?? first));
  };
  return { state, act, tap, drag, shapes: () => state.log.present.shapes };
}

describe('the box', () => {
  it.each([
    ['is dragged', (pen: ReturnType<typeof work>) => pen.drag([10, 20], [30, 30], [60, 50])],
    ['is set by two corners', (pen: ReturnType<typeof work>) => [pen.tap(60, 50), pen.tap(10, 20)]],
  ])('%s', (_how, draw) => {
    const pen = work(freshHand('crack', 'box'));
    draw(pen);
    expect(pen.shapes()).toMatchObject([
      { classCode: 'crack', isProposal: false, geometry: { kind: 'box', x: 10, y: 20, width: 50, height: 30 } },
    ]);
  });

  it('ends at the edge of the image', () => {
    const pen = work(freshHand('crack', 'box'));
    pen.drag([150, 80], [400, 300]);
    expect(pen.shapes()[0]?.geometry).toEqual({ kind: 'box', x: 150, y: 80, width: 50, height: 20 });
  });

  it('is not drawn without a class', () => {
    const pen = work(freshHand(undefined, 'box'));
    pen.drag([10, 10], [50, 50]);
    expect(pen.shapes()).toEqual([]);
  });
});

describe('the outline', () => {
  it('closes at its first point', () => {
    const pen = work(freshHand('stone', 'polygon'));
    for (const [x, y] of [
      [10, 10],
      [50, 10],
      [30, 40],
      [11, 11],
    ] as const)
      pen.tap(x, y);
    expect(pen.shapes()).toMatchObject([
      { classCode: 'stone', geometry: { kind: 'polygon', rings: [[10, 10, 50, 10, 30, 40]] } },
    ]);
  });

  it('does not close before it has three points', () => {
    const pen = work(freshHand('stone', 'polygon'));
    pen.tap(10, 10);
    pen.tap(50, 10);
    pen.act({ kind: 'close' });
    expect(pen.shapes()).toEqual([]);
    pen.act({ kind: 'cancel' });
    expect(pen.state.hand.draft).toBeNull();
  });
});

describe('the brush', () => {
  it('goes on with the mask that it begins on, and begins another elsewhere', () => {
    const pen = work(freshHand('crack', 'brush', 6));
    pen.drag([20, 20], [40, 20]);
    pen.state.hand = { ...pen.state.hand, selectedId: null };
    pen.drag([40, 22], [60, 22]);
    expect(pen.shapes()).toHaveLength(1);
    pen.state.hand = { ...pen.state.hand, selectedId: null };
    pen.drag([150, 80], [160, 80]);
    expect(pen.shapes()).toHaveLength(2);
  });

  it('changes its size within bounds', () => {
    let hand = freshHand('crack', 'brush', 1);
    expect(resizeBrush(hand, -1).radius).toBe(1);
    for (let times = 0; times < 60; times++) hand = resizeBrush(hand, 1);
    expect(hand.radius).toBe(200);
  });
});

describe('choosing', () => {
  it('moves what is dragged, and makes an outline of the model one’s own by that', () => {
    const pen = work(freshHand('crack'), openLog(size, [proposal]));
    expect(pen.shapes()[0]?.isProposal).toBe(true);
    pen.drag([70, 20], [80, 25]);
    expect(pen.shapes()[0]).toMatchObject({
      isProposal: false,
      geometry: { kind: 'polygon', rings: [[60, 15, 100, 15, 80, 45]] },
    });
  });

  it('leaves what is only touched as it was', () => {
    const pen = work(freshHand('crack'), openLog(size, [proposal]));
    pen.tap(70, 20);
    expect(pen.state.hand.selectedId).toBe(1);
    expect(pen.state.log.done).toBe(0);
    expect(pen.shapes()[0]?.isProposal).toBe(true);
  });

  it('pulls a corner of the chosen shape', () => {
    const pen = work(freshHand('crack', 'box'));
    pen.drag([10, 20], [60, 50]);
    pen.state.hand = takeTool(pen.state.hand, 'select');
    pen.drag([60, 50], [100, 90]);
    expect(pen.shapes()[0]?.geometry).toEqual({ kind: 'box', x: 10, y: 20, width: 90, height: 70 });
  });

  it('goes round by key', () => {
    const pen = work(freshHand('crack', 'box'));
    pen.drag([10, 10], [20, 20]);
    pen.drag([30, 10], [50, 20]);
    const first = selectNext(pen.state.hand, pen.state.log.present);
    expect(first.selectedId).toBe(1);
    expect(selectNext(first, pen.state.log.present).selectedId).toBe(2);
  });
});

describe('a key', () => {
  const pressed = (key: string, code = '', held: Partial<PressedKey> = {}): PressedKey => ({
    key,
    code,
    shiftKey: false,
    ctrlKey: false,
    metaKey: false,
    altKey: false,
    ...held,
  });

  it.each([
    [pressed('0', 'Digit0'), { kind: 'class', number: 0 }],
    [pressed('7', 'Numpad7'), { kind: 'class', number: 7 }],
    [pressed('&', 'Digit1'), { kind: 'class', number: 1 }],
    [pressed('!', 'Digit1', { shiftKey: true }), { kind: 'class', number: 10 }],
    [pressed('?', 'Slash', { shiftKey: true }), { kind: 'help' }],
    [pressed('?', 'Minus', { shiftKey: true }), { kind: 'help' }],
    [pressed('z', 'KeyY', { ctrlKey: true }), { kind: 'undo' }],
    [pressed('Z', 'KeyZ', { ctrlKey: true, shiftKey: true }), { kind: 'redo' }],
    [pressed('B', 'KeyB', { shiftKey: true }), { kind: 'tool', tool: 'box' }],
    [pressed('ArrowUp', 'ArrowUp', { shiftKey: true }), { kind: 'arrow', dx: 0, dy: -1, isFar: true, isFine: false }],
    [pressed('r', 'KeyR', { ctrlKey: true }), undefined],
    [pressed('Tab', 'Tab'), undefined],
  ])('%o asks for %o', (key, command) => {
    expect(reviewCommand(key)).toEqual(command);
  });

  it('stands on each class that has one', () => {
    expect([0, 1, 9, 10, 18, 19].map(keyOfClass)).toEqual(['0', '1', '9', 'Shift 1', 'Shift 9', '']);
  });
});
