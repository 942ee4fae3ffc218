/** The desk of a reviewer: the image in hand, its sketch, the way forward and back. Every answer is stored before the next image comes. */
import { type Accessor, batch, createMemo, createSignal, onCleanup } from 'solid-js';
import type { CanvasView } from '../../lib/create-canvas-view.ts';
import { words } from '../../lib/language.ts';
import type { Region } from '../../lib/regions.ts';
import {
  type Answered,
  answered,
  arrive,
  brought,
  emptySession,
  goBack,
  type ReviewSession,
  skipped,
  without,
} from '../../lib/review-session.ts';
import { ownShapes, type Step } from '../../lib/sketch.ts';
import {
  canRedo,
  canUndo,
  openLog,
  perform,
  readLog,
  redo,
  type SketchLog,
  storeLog,
  undo,
} from '../../lib/sketch-log.ts';
import { regionOf } from '../../lib/sketch-shape.ts';
import { freshHand, type HandAct, handle } from '../../lib/sketch-tools.ts';
import type { Size } from '../../lib/view-transform.ts';
import { type Answers, newAnswerId } from './answers.ts';
import { createSketchSaver } from './create-sketch-saver.ts';
import type { ReviewServer } from './review-server.ts';
import type { PendingAnswer, ReviewTask } from './review-task.ts';
import { makeSketchCopies, younger } from './sketch-copies.ts';

export const GOOD = 'good';
const nothing = openLog({ width: 1, height: 1 });
/** Of the answers that a reload leaves to go back to, so that the browser's room is not filled. */
const KEPT_BEHIND = 20;

interface DeskOptions {
  server: ReviewServer;
  answers: Answers;
  personId: string;
  plantId: string;
  view: CanvasView;
  /** Whether the present image is on the screen: nobody judges what he has not seen. */
  isShown: Accessor<boolean>;
}

export type LabelDesk = ReturnType<typeof createLabelDesk>;

export function createLabelDesk({ server, answers, personId, plantId, view, isShown }: DeskOptions) {
  const copies = makeSketchCopies(personId, plantId);
  const saver = createSketchSaver({ copies, save: server.saveSketch });
  const [session, setSession] = createSignal<ReviewSession<ReviewTask>>(emptySession(answers.behind.read()));
  const [log, setLog] = createSignal<SketchLog>(nothing);
  const [hand, setHand] = createSignal(freshHand(undefined));
  const [notice, setNotice] = createSignal<string>();
  /** A class was chosen for this image: it may be said without an outline. */
  const [isClassChosen, setClassChosen] = createSignal(false);
  const [isStored, setStored] = createSignal(true);
  const [spent, setSpent] = createSignal({ count: 0, ms: 0 });
  const reopened = new Map<string, Answered<ReviewTask>>();
  const returned = new Map<string, { sketch: unknown; reason: string }>();
  let shownAtMs = performance.now();

  const present = createMemo(() => session().present ?? undefined);
  const size = (): Size => present()?.image ?? nothing.size;
  const isReopened = createMemo(() => reopened.has(present()?.id ?? ''));

  /** Sketch and image change together. */
  function go(next: ReviewSession<ReviewTask>) {
    const task = next.present;
    const isOther = task?.id !== session().present?.id;
    batch(() => {
      if (isOther) {
        void saver.flush();
        setLog(task ? openSketch(task) : nothing);
        setHand((each) => ({ ...each, selectedId: null, draft: null }));
        setClassChosen(false);
        view.fit();
        const refusal = returned.get(task?.id ?? '');
        setNotice(refusal ? words().label.refusedAnswer(refusal.reason) : undefined);
        shownAtMs = performance.now();
      }
      setSession(next);
    });
    const again = [next.present, ...next.ahead].flatMap((each) => (each && reopened.get(each.id)) ?? []);
    answers.behind.write([...next.behind, ...again].slice(-KEPT_BEHIND));
  }

  function openSketch(task: ReviewTask): SketchLog {
    const copy = copies.get(task.image.sha256);
    const before = reopened.get(task.id)?.sketch ?? returned.get(task.id)?.sketch;
    const stored = before === undefined ? younger(task.sketch, copy) : (copy?.sketch ?? before);
    const { width, height } = task.image;
    const opened = readLog(stored, { width, height });
    if (opened) return opened;
    try {
      return openLog({ width, height }, task.proposals);
    } catch {
      // A proposal of another size is none of this image.
      return openLog({ width, height });
    }
  }

  function take(next: SketchLog) {
    const task = present();
    if (!task) return;
    setLog(next);
    setNotice(undefined);
    saver.changed(task.image.sha256, next);
  }

  const step = (done: Step) => take(perform(log(), done));

  /** Gives back whether the hand has taken hold of something. */
  function act(handAct: HandAct): boolean {
    const { hand: next, steps } = handle(hand(), handAct, log().present, size());
    batch(() => {
      setHand(next);
      if (steps.length > 0) take(steps.reduce(perform, log()));
    });
    return next.draft !== null || steps.length > 0;
  }

  /** `label` null: what is drawn says it. */
  function answer(label: string | null) {
    const task = present();
    if (!task) return;
    const own = ownShapes(log().present);
    if (!isShown()) return setNotice(words().label.waitingForImage);
    if (own.length > 0 && label === GOOD) return setNotice(words().label.drawnNotGood);
    if (own.length === 0 && label === null) return setNotice(words().label.nothingToSave);
    const sketch = storeLog(log());
    const elapsedMs = Math.round(performance.now() - shownAtMs);
    const pending: PendingAnswer = {
      id: newAnswerId(),
      plantId,
      task,
      label: own.length > 0 ? null : label,
      regions: own.map((shape) => regionOf(shape, size())),
      elapsedMs,
      sketch,
      isReopened: reopened.has(task.id),
    };
    setStored(answers.outbox.add(pending));
    saver.forget(task.image.sha256);
    reopened.delete(task.id);
    returned.delete(task.id);
    setSpent(({ count, ms }) => ({ count: count + 1, ms: ms + elapsedMs }));
    go(answered(session(), { sketch, label: pending.label }));
  }

  function undoLast() {
    if (hand().draft) return void act({ kind: 'cancel' });
    if (canUndo(log())) return take(undo(log()));
    const last = session().behind.at(-1);
    if (!last) return setNotice(words().label.atBeginning);
    reopened.set(last.item.id, last);
    go(goBack(session()));
  }

  /** Past the end of an image that was answered before, and is as it was: on to the one after it. */
  function redoNext() {
    if (canRedo(log())) return take(redo(log()));
    const before = reopened.get(present()?.id ?? '');
    const isAsBefore = JSON.stringify(before?.sketch) === JSON.stringify(storeLog(log()));
    if (!before || !isAsBefore) return;
    reopened.delete(before.item.id);
    saver.forget(before.item.image.sha256);
    go(answered(session(), before));
  }

  function skip() {
    const task = present();
    if (!task) return;
    if (!reopened.has(task.id)) void server.release([task.id]);
    go(skipped(session()));
  }

  function bring(pending: PendingAnswer, reason: string) {
    returned.set(pending.task.id, { sketch: pending.sketch, reason });
    go(brought(session(), pending.task, canUndo(log())));
    if (present()?.id === pending.task.id) setNotice(words().label.refusedAnswer(reason));
  }
  answers.onRefused = bring;
  onCleanup(() => {
    answers.onRefused = undefined;
  });

  return {
    session,
    present,
    size,
    log,
    hand,
    setHand,
    notice,
    setNotice,
    isClassChosen,
    isReopened,
    isStored,
    isSketchSaved: saver.isSaved,
    spent,
    act,
    step,
    answer,
    undoLast,
    redoNext,
    skip,
    chooseClass(code: string) {
      const { tool, selectedId } = hand();
      setHand((each) => ({ ...each, classCode: code }));
      setClassChosen(true);
      setNotice(undefined);
      if (tool === 'select' && selectedId !== null) step({ do: 'class', id: selectedId, classCode: code });
    },
    /** As one's own: drawn by another, taken up by whoever sits here. */
    takeRegions(regions: readonly Region[]) {
      for (const region of regions) {
        step({ do: 'take', region });
      }
    },
    /** What was refused while no desk was open comes back first. */
    arrive(tasks: readonly ReviewTask[]) {
      go(arrive(session(), tasks));
      for (const { answer: pending, reason } of answers.takeRefused()) bring(pending, reason);
    },
    lose: (ids: ReadonlySet<string>) => go(without(session(), ids)),
    held: () =>
      [session().present, ...session().ahead].flatMap((each) => (each && !reopened.has(each.id) ? [each] : [])),
  };
}
