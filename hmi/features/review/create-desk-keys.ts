/** What each key does at the desk, and the crosshair that takes the pointer's place. */
import { type Accessor, createSignal, onCleanup, onMount } from 'solid-js';
import type { CanvasView } from '../../lib/create-canvas-view.ts';
import { words } from '../../lib/language.ts';
import { type ReviewCommand, reviewCommand } from '../../lib/review-keys.ts';
import { ownShapes, proposalsOf } from '../../lib/sketch.ts';
import { resizeBrush, selectedShape, selectNext, type Tool, takeTool } from '../../lib/sketch-tools.ts';
import { type Point, toImage } from '../../lib/view-transform.ts';
import { GOOD, type LabelDesk } from './create-label-desk.ts';
import type { DefectClass } from './review-task.ts';

const PAN_PX = 80;
/** Of the crosshair at one press, in CSS pixels; far and fine are pixels of the image. */
const CROSSHAIR_PX = 8;
const FAR = 10;
const ZOOM = 1.25;
const LIGHT_STEP = 0.1;
const LIGHT = { least: 0.3, most: 3 } as const;

interface KeyOptions {
  desk: LabelDesk;
  view: CanvasView;
  classes: Accessor<readonly DefectClass[]>;
}

export type DeskKeys = ReturnType<typeof createDeskKeys>;

export function createDeskKeys({ desk, view, classes }: KeyOptions) {
  const [crosshair, setCrosshair] = createSignal<Point>();
  const [brightness, setBrightness] = createSignal(1);
  const [contrast, setContrast] = createSignal(1);
  const [showsProposals, setShowsProposals] = createSignal(true);
  const [isHelpOpen, setHelpOpen] = createSignal(false);
  const [isPanning, setPanning] = createSignal(false);

  const classOf = (number: number) => classes()[number - 1];
  const light = (value: number, direction: number) =>
    Math.min(LIGHT.most, Math.max(LIGHT.least, Math.round((value + direction * LIGHT_STEP) * 10) / 10));

  function answer() {
    if (desk.hand().draft?.kind === 'polygon') desk.act({ kind: 'close' });
    const isDrawn = ownShapes(desk.log().present).length > 0;
    const offered = new Set(classes().map(({ code }) => code));
    if (ownShapes(desk.log().present).some(({ classCode }) => !offered.has(classCode)))
      return void desk.setNotice(words().label.chooseClassFirst);
    const code = desk.isClassChosen() ? desk.hand().classCode : undefined;
    desk.answer(isDrawn ? null : (code ?? null));
    setCrosshair(undefined);
  }

  function good() {
    desk.answer(GOOD);
    setCrosshair(undefined);
  }

  function enter() {
    const at = crosshair();
    const { tool, draft } = desk.hand();
    if (!at || tool === 'select') {
      if (draft?.kind === 'polygon') return void desk.act({ kind: 'close' });
      return answer();
    }
    if (draft?.kind === 'stroke') return void desk.act({ kind: 'release', at, tolerance: 0 });
    const tolerance = CROSSHAIR_PX / 2 / view.view().scale;
    desk.act({ kind: 'press', at, tolerance });
    if (tool === 'box') desk.act({ kind: 'release', at, tolerance });
  }

  function arrow({ dx, dy, isFar, isFine }: Extract<ReviewCommand, { kind: 'arrow' }>) {
    const { tool, selectedId, draft } = desk.hand();
    if (tool === 'select') {
      if (selectedId === null) return void view.pan(-dx * PAN_PX, -dy * PAN_PX);
      const far = isFar ? FAR : 1;
      return desk.step({ do: 'move', id: selectedId, dx: dx * far, dy: dy * far });
    }
    const { width, height } = desk.size();
    const step = isFine ? 1 : Math.max(1, Math.round(CROSSHAIR_PX / view.view().scale)) * (isFar ? FAR : 1);
    const centre = toImage(view.view(), { x: view.room().width / 2, y: view.room().height / 2 });
    const from = crosshair() ?? { x: Math.round(centre.x), y: Math.round(centre.y) };
    const to = {
      x: Math.min(width, Math.max(0, from.x + dx * step)),
      y: Math.min(height, Math.max(0, from.y + dy * step)),
    };
    setCrosshair(to);
    view.reveal(to);
    if (draft) desk.act({ kind: 'move', at: to });
  }

  /** The chosen proposal, or all of them: as the class that was chosen for this image, otherwise as the model’s. */
  function accept() {
    const chosen = selectedShape(desk.hand(), desk.log().present);
    const proposals = chosen?.isProposal ? [chosen] : proposalsOf(desk.log().present);
    for (const { id, classCode } of proposals) {
      const isInBook = classes().some(({ code }) => code === classCode);
      const inHand = desk.hand().classCode;
      if (inHand !== undefined && (desk.isClassChosen() || !isInBook))
        desk.step({ do: 'class', id, classCode: inHand });
      else if (isInBook) desk.step({ do: 'accept', id });
      else desk.setNotice(words().label.chooseClassFirst);
    }
  }

  /** Of the chosen shape; where none is chosen, the only one of the model is refused. */
  function remove() {
    const { present } = desk.log();
    const [first, ...others] = proposalsOf(present);
    const meant = selectedShape(desk.hand(), present) ?? (others.length === 0 ? first : undefined);
    if (!meant) return;
    desk.step({ do: 'remove', id: meant.id });
    desk.setHand((hand) => ({ ...hand, selectedId: null }));
  }

  /** As one's own outlines, which can be changed before they are saved. */
  function takeOpinion(number: number) {
    const opinion = desk.present()?.opinions[number];
    if (!opinion) return;
    if (opinion.regions.length === 0) {
      if (opinion.label !== GOOD) desk.chooseClass(opinion.label);
      return;
    }
    desk.takeRegions(opinion.regions);
  }

  function cancel() {
    if (isHelpOpen()) return void setHelpOpen(false);
    if (desk.hand().draft) return void desk.act({ kind: 'cancel' });
    if (crosshair()) return void setCrosshair(undefined);
    desk.setHand((hand) => ({ ...hand, selectedId: null }));
  }

  function obey(command: ReviewCommand): void {
    switch (command.kind) {
      case 'class': {
        const found = classOf(command.number);
        if (command.number === 0) good();
        else if (found) desk.chooseClass(found.code);
        break;
      }
      case 'tool':
        setCrosshair((at) => (command.tool === 'select' ? undefined : at));
        desk.setHand((hand) => takeTool(hand, command.tool));
        break;
      case 'enter':
        enter();
        break;
      case 'answer':
        answer();
        break;
      case 'skip':
        desk.skip();
        break;
      case 'undo':
        desk.undoLast();
        break;
      case 'redo':
        desk.redoNext();
        break;
      case 'accept':
        accept();
        break;
      case 'remove':
        remove();
        break;
      case 'select-next':
        desk.setHand((hand) => selectNext(takeTool(hand, 'select'), desk.log().present));
        break;
      case 'arrow':
        arrow(command);
        break;
      case 'zoom':
        view.zoom(command.direction > 0 ? ZOOM : 1 / ZOOM, crosshairOnScreen());
        break;
      case 'fit':
        view.fit();
        break;
      case 'brush':
        desk.setHand((hand) => resizeBrush(hand, command.direction));
        break;
      case 'brightness':
        setBrightness((value) => light(value, command.direction));
        break;
      case 'contrast':
        setContrast((value) => light(value, command.direction));
        break;
      case 'plain-view':
        setBrightness(1);
        setContrast(1);
        break;
      case 'layers':
        setShowsProposals((shown) => !shown);
        break;
      case 'take':
        takeOpinion(command.answer);
        break;
      case 'cancel':
        cancel();
        break;
      case 'help':
        setHelpOpen((open) => !open);
        break;
    }
  }

  const crosshairOnScreen = (): Point | undefined => {
    const at = crosshair();
    const { scale, x, y } = view.view();
    return at && { x: at.x * scale + x, y: at.y * scale + y };
  };

  function onKeyDown(event: KeyboardEvent) {
    if (isTyping(event.target)) return;
    const isControl = event.target instanceof HTMLElement && event.target.closest('button, a, input') !== null;
    if (event.key === ' ' && !isControl) {
      event.preventDefault();
      setPanning(true);
      return;
    }
    // A button that has the focus is pressed by Enter, and arrows change a slider.
    if (
      isControl &&
      (event.key === 'Enter' || (event.target instanceof HTMLInputElement && event.key.startsWith('Arrow')))
    )
      return;
    const command = reviewCommand(event);
    if (!command) return;
    event.preventDefault();
    obey(command);
  }
  const onKeyUp = (event: KeyboardEvent) => event.key === ' ' && setPanning(false);
  const letGo = () => setPanning(false);
  onMount(() => {
    document.addEventListener('keydown', onKeyDown);
    document.addEventListener('keyup', onKeyUp);
    window.addEventListener('blur', letGo);
    onCleanup(() => {
      document.removeEventListener('keydown', onKeyDown);
      document.removeEventListener('keyup', onKeyUp);
      window.removeEventListener('blur', letGo);
    });
  });

  return {
    obey,
    crosshair,
    hideCrosshair: () => setCrosshair(undefined),
    brightness,
    setBrightness,
    contrast,
    setContrast,
    showsProposals,
    isHelpOpen,
    isPanning,
    setTool: (tool: Tool) => obey({ kind: 'tool', tool }),
  };
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement ||
    (target instanceof HTMLInputElement && target.type !== 'range' && target.type !== 'checkbox')
  );
}
