import './review.css';
import './label.css';
import { A, useParams, useSearchParams } from '@solidjs/router';
import { useClient } from '@urql/solid';
import { createEffect, createMemo, createSignal, onCleanup, onMount, Show } from 'solid-js';
import { type CataloguePlant, useCatalogue } from '../../lib/catalogue.ts';
import { createCanvasView } from '../../lib/create-canvas-view.ts';
import { dataPath } from '../../lib/data-plant.ts';
import { formatElapsed, formatNumber } from '../../lib/format.ts';
import { makeDecode, makeImagesAhead } from '../../lib/images-ahead.ts';
import { locale, words } from '../../lib/language.ts';
import { ownShapes } from '../../lib/sketch.ts';
import { theme } from '../../lib/theme.ts';
import { useViewer } from '../../lib/viewer.ts';
import { Button } from '../../ui/button.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { SketchCanvas } from '../../ui/sketch-canvas.tsx';
import { answersOf } from './answers.ts';
import { ClassRow } from './class-row.tsx';
import { createClaims } from './create-claims.ts';
import { createDefectClasses } from './create-defect-classes.ts';
import { createDeskKeys } from './create-desk-keys.ts';
import { createLabelDesk } from './create-label-desk.ts';
import { KeyHelp } from './key-help.tsx';
import { LabelBeside } from './label-beside.tsx';
import { LabelTools } from './label-tools.tsx';
import { LabelContext } from './label-why.tsx';
import { makeReviewServer } from './make-review-server.ts';
import { Opinions } from './opinions.tsx';
import { reasonText } from './reason-text.ts';
import type { Purpose } from './review-task.ts';

/** Decoded ahead of the hand, and one behind it. */
const IMAGES_AHEAD = 4;

/** Labelling: one image after the other, over the whole screen. */
export function LabelScreen() {
  const plants = useCatalogue();
  const params = useParams<{ plant: string }>();
  const plantId = createMemo(() => plants().find(({ code }) => code === params.plant)?.id);
  const plant = () => plants().find(({ id }) => id === plantId());
  return (
    <Show when={plantId()} keyed fallback={<EmptyState>{words().data.noSuchPlant}</EmptyState>}>
      <Show when={plant()}>{(found) => <Desk plant={found()} />}</Show>
    </Show>
  );
}

function Desk(props: { plant: CataloguePlant }) {
  const client = useClient();
  const viewer = useViewer();
  const [search] = useSearchParams<{ purpose: Purpose }>();
  const { personId } = viewer();
  const plantId = props.plant.id;
  const server = makeReviewServer(client, plantId);
  const answers = answersOf(personId, plantId, server.answer);
  const classes = createDefectClasses(() => plantId);
  const nameOf = (code: string) =>
    code === 'good' ? words().label.good : (classes.all().find((each) => each.code === code)?.name ?? code);

  let canvas: HTMLDivElement | undefined;
  const giveFocusBack = () => canvas?.focus({ preventScroll: true });

  const [arrivals, setArrivals] = createSignal(0);
  const [failedUrl, setFailedUrl] = createSignal<string>();
  const images = makeImagesAhead(
    (url) => {
      setFailedUrl((failed) => (failed === url ? undefined : failed));
      setArrivals((count) => count + 1);
    },
    (url) => setFailedUrl(url),
    makeDecode(() => {
      const { width, height } = view.room();
      return { width: width * devicePixelRatio, height: height * devicePixelRatio };
    }),
  );
  onCleanup(() => images.close());
  const view = createCanvasView(() => desk.size());
  const desk = createLabelDesk({
    server,
    answers,
    personId,
    plantId,
    view,
    isShown: () => image() !== undefined,
  });
  const image = createMemo(() => {
    arrivals();
    const url = desk.present()?.image.url;
    return url === undefined ? undefined : images.get(url);
  });
  createEffect(() => {
    const { present, ahead, behind } = desk.session();
    const next = [...(present ? [present] : []), ...ahead.slice(0, IMAGES_AHEAD)];
    const back = behind.at(-1)?.item;
    images.want([...new Set([...next, ...(back ? [back] : [])].map((task) => task.image.url))]);
    for (const task of next.slice(1)) for (const { url } of [...task.neighbours, ...task.similar]) fetchAhead(url);
  });
  const claims = createClaims({
    server,
    purposes: () => (search.purpose ? [search.purpose] : undefined),
    unsent: () => answers.waiting().length,
    held: desk.held,
    arrived: desk.arrive,
    lost: desk.lose,
  });
  const keys = createDeskKeys({ desk, view, classes: classes.offered });
  onMount(giveFocusBack);

  return (
    <section class="label-screen">
      <h1 class="visually-hidden">{words().review.title}</h1>
      <header class="label-head">
        <A class="button label-leave" href={dataPath(props.plant, 'review')}>
          {words().label.leave}
        </A>
        <p class="label-reason" role="status">
          <Show when={desk.present()}>
            {(task) => (
              <>
                <span class="label-purpose">{words().review.purposes[task().purpose]}</span>{' '}
                {reasonText(task().purpose, task().reason)}
              </>
            )}
          </Show>
        </p>
        <Progress desk={desk} waiting={answers.waiting().length} />
        <Button pressed={keys.isHelpOpen()} onClick={() => keys.obey({ kind: 'help' })}>
          {words().label.help} <span class="key-sign">?</span>
        </Button>
      </header>
      <div class="label-side">
        <LabelTools desk={desk} keys={keys} giveFocusBack={giveFocusBack} />
        <Show when={desk.present()}>{(task) => <LabelContext task={task()} timeZone={props.plant.timeZone} />}</Show>
      </div>
      <div class="label-middle">
        <Show when={(desk.present()?.opinions.length ?? 0) > 0 ? desk.present() : undefined}>
          {(task) => (
            <Opinions task={task()} nameOf={nameOf} onTake={(answer) => keys.obey({ kind: 'take', answer })} />
          )}
        </Show>
        <div class="label-canvas">
          <SketchCanvas
            ref={(element) => {
              canvas = element;
            }}
            image={image()}
            size={desk.size()}
            view={view}
            sketch={desk.log().present}
            hand={desk.hand()}
            crosshair={keys.crosshair()}
            showsProposals={keys.showsProposals()}
            brightness={keys.brightness()}
            contrast={keys.contrast()}
            isPanning={keys.isPanning()}
            theme={theme()}
            nameOf={nameOf}
            label={words().label.image(ownShapes(desk.log().present).length)}
            onHand={desk.act}
            onPointer={keys.hideCrosshair}
            onPainted={() => canvas?.setAttribute('data-shown', desk.present()?.image.sha256 ?? '')}
          />
          <Show when={!image()}>
            <p class="label-nothing" role="status">
              {nothingText()}
            </p>
          </Show>
          <Show when={keys.isHelpOpen()}>
            <KeyHelp
              onClose={() => {
                keys.obey({ kind: 'help' });
                giveFocusBack();
              }}
            />
          </Show>
        </div>
      </div>
      <aside class="label-beside" aria-label={words().label.similar}>
        <Show when={desk.present()}>
          {(task) => (
            <LabelBeside
              task={task()}
              classes={classes.offered()}
              classCode={desk.hand().classCode}
              timeZone={props.plant.timeZone}
              nameOf={nameOf}
            />
          )}
        </Show>
      </aside>
      <footer class="label-foot">
        <p class="label-notice" role="status">
          <Show when={desk.notice()} fallback={hint()}>
            {(text) => <strong>{text()}</strong>}
          </Show>
        </p>
        <ClassRow classes={classes.offered()} desk={desk} keys={keys} giveFocusBack={giveFocusBack} />
        <div class="label-acts">
          <Button disabled={!desk.present()} onClick={() => keys.obey({ kind: 'skip' })}>
            {words().label.skip}
          </Button>
          <Button
            isStrong
            disabled={!desk.present()}
            onClick={() => {
              keys.obey({ kind: 'answer' });
              giveFocusBack();
            }}
          >
            {words().label.save}
          </Button>
        </div>
      </footer>
    </section>
  );

  function nothingText(): string {
    const { label } = words();
    if (desk.present()) return failedUrl() === desk.present()?.image.url ? label.imageFailed : label.waitingForImage;
    if (claims.failure()) return claims.failure() ?? '';
    if (!claims.hasAsked()) return label.asking;
    return answers.waiting().length > 0 ? label.noneUnsent : label.none;
  }

  /** What Enter would save. */
  function hint(): string {
    const { label, review } = words();
    if (!desk.present()) return '';
    if (classes.isKnown() && classes.offered().length === 0) return review.noBook;
    const own = ownShapes(desk.log().present);
    const [first] = own;
    const { classCode } = desk.hand();
    if (first) {
      const names = [...new Set(own.map((shape) => nameOf(shape.classCode)))].join(' + ');
      return label.willSave(label.outlined(names, own.length));
    }
    if (desk.isClassChosen() && classCode) return label.willSave(label.wholeImage(nameOf(classCode)));
    return desk.isReopened() ? label.reopened : label.willSaveNothing;
  }
}

function Progress(props: { desk: ReturnType<typeof createLabelDesk>; waiting: number }) {
  const begun = performance.now();
  const [elapsed, setElapsed] = createSignal(0);
  const timer = setInterval(() => setElapsed(performance.now() - begun), 1000);
  onCleanup(() => clearInterval(timer));
  const perImage = () => {
    const { count, ms } = props.desk.spent();
    return count === 0 ? undefined : formatNumber(ms / count / 1000, 1, locale());
  };
  return (
    <p class="label-progress figure">
      <span>{words().label.answered(props.desk.session().count)}</span>
      <span>{formatElapsed(elapsed(), locale())}</span>
      <Show when={perImage()}>{(seconds) => <span>{words().label.perImage(seconds())}</span>}</Show>
      <Show when={props.waiting > 0}>
        <span class="label-unsent" role="status">
          {words().label.unsent(props.waiting)}
        </span>
      </Show>
      <Show when={!props.desk.isStored()}>
        <strong role="alert">{words().label.notStored}</strong>
      </Show>
      <Show when={props.desk.present()}>
        <span class="hint">{props.desk.isSketchSaved() ? words().label.sketchSaved : words().label.sketchHere}</span>
      </Show>
    </p>
  );
}

const fetched = new Set<string>();

/** Small pictures come from the browser's own store once they were asked for. */
function fetchAhead(url: string) {
  if (fetched.has(url)) return;
  if (fetched.size > 500) fetched.clear();
  fetched.add(url);
  new Image().src = url;
}
