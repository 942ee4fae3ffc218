import { createSignal, For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { formatDateMinute, formatNumber } from '../../lib/format.ts';
import { language, locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { TwoTaps } from '../../ui/two-taps.tsx';
import {
  type Book,
  type BookClass,
  DefectBookPage,
  DiscardDefectBook,
  OpenRecheck,
  SignDefectBook,
} from './book.documents.ts';
import { ClassExamples } from './class-examples.tsx';
import { ClassForm } from './class-form.tsx';

/** The class's name and definition in the language of the screen. */
function wordsOf(row: BookClass): { name: string; definition: string } {
  return row.translations.find((each) => each.language === language()) ?? row;
}

export function limitText({ quantity, unit, min, max }: BookClass['limits'][number]): string {
  const number = (value: number | null) => (value === null ? null : new Intl.NumberFormat(locale()).format(value));
  return `${quantity}: ${words().book.range(number(min), number(max), unit)}`;
}

/** One version: its classes, the chosen one in full, and what becomes of the version. */
export function BookVersion(props: {
  bookId: string;
  mayWrite: boolean;
  classCode: string | undefined;
  onClass: (code: string) => void;
  onChanged: () => Promise<void>;
}) {
  const answer = createAnswer(DefectBookPage, () => ({ id: props.bookId }));
  const book = (): Book | undefined => {
    const node = answer.data()?.node;
    return node?.__typename === 'DefectBook' ? node : undefined;
  };
  const chosen = () => book()?.classes.find(({ code }) => code === props.classCode);
  const mayEdit = () => props.mayWrite && book()?.state === 'DRAFT';
  const changed = async () => {
    await answer.ask();
    await props.onChanged();
  };

  return (
    <Show when={book()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
      {(shown) => (
        <ScrollArea label={words().book.version(String(shown().number))} class="book-main">
          <section class="panel book-part">
            <h2>{words().book.classes}</h2>
            <table class="data-table">
              <thead>
                <tr>
                  <th class="column-short">{words().book.key}</th>
                  <th>{words().book.name}</th>
                  <th class="column-short">{words().book.severity}</th>
                  <th>{words().book.limits}</th>
                  <th class="column-short">{words().book.revision}</th>
                </tr>
              </thead>
              <tbody>
                <For each={shown().classes}>
                  {(row, index) => (
                    <tr
                      aria-current={row.code === props.classCode ? 'true' : undefined}
                      classList={{ 'is-retired': row.isRetired }}
                    >
                      <td class="column-short">{row.isRetired || index() > 8 ? '' : index() + 1}</td>
                      <td>
                        <Button pressed={row.code === props.classCode} onClick={() => props.onClass(row.code)}>
                          {wordsOf(row).name}
                        </Button>{' '}
                        <span class="hint">
                          {row.code} {row.isRetired ? words().book.isRetired : ''}
                        </span>
                      </td>
                      <td class="column-short">{words().book.severities[row.severity]}</td>
                      <td>{row.limits.map(limitText).join(' · ')}</td>
                      <td class="column-short">{row.revision}</td>
                    </tr>
                  )}
                </For>
              </tbody>
            </table>
          </section>
          <Show when={chosen()} keyed>
            {(row) => (
              <section class="panel book-part">
                <h2>{wordsOf(row).name}</h2>
                <Show when={mayEdit()} fallback={<p class="book-text">{wordsOf(row).definition}</p>}>
                  <ClassForm bookId={props.bookId} row={row} onWritten={changed} />
                </Show>
                <ClassExamples bookId={props.bookId} row={row} mayEdit={mayEdit()} onChanged={changed} />
              </section>
            )}
          </Show>
          <Show when={mayEdit()}>
            <section class="panel book-part">
              <h2>{words().book.newClass}</h2>
              <ClassForm
                bookId={props.bookId}
                onWritten={async (code) => {
                  await changed();
                  props.onClass(code);
                }}
              />
            </section>
          </Show>
          <Touched book={shown()} mayWrite={props.mayWrite} />
          <Show when={mayEdit()} fallback={<Signature book={shown()} />}>
            <Sign bookId={props.bookId} onSigned={changed} />
            <Discard bookId={props.bookId} onDiscarded={props.onChanged} />
          </Show>
        </ScrollArea>
      )}
    </Show>
  );
}

function Signature(props: { book: Book }) {
  const plant = useDataPlant();
  return (
    <Show when={props.book.signedAt}>
      {(at) => (
        <section class="panel book-part">
          <p>
            {words().book.signedBy(
              props.book.signedBy?.name ?? '',
              formatDateMinute(Date.parse(at()), plant().timeZone, locale()),
            )}
          </p>
          <p class="book-text">{props.book.meaning}</p>
          <p class="hint book-hash">
            {words().book.hash} {props.book.contentHash}
          </p>
        </section>
      )}
    </Show>
  );
}

/** Labels that were made under other definitions than these. */
function Touched(props: { book: Book; mayWrite: boolean }) {
  const act = createAct();
  const [opened, setOpened] = createSignal<number>();
  async function recheck() {
    const done = await act.send(OpenRecheck, { input: { defectBookId: props.book.id } });
    if (done) setOpened(done.opened + done.already);
  }
  const count = (value: number) => formatNumber(value, 0, locale());
  return (
    <section class="panel book-part">
      <h2>{words().book.touched}</h2>
      <Show when={props.book.touchedClasses.length > 0} fallback={<p class="hint">{words().book.touchedNone}</p>}>
        <p class="hint">{words().book.touchedHint}</p>
        <table class="data-table">
          <thead>
            <tr>
              <th>{words().book.code}</th>
              <th class="column-short">{words().book.labels}</th>
            </tr>
          </thead>
          <tbody>
            <For each={props.book.touchedClasses}>
              {(row) => (
                <tr>
                  <td>
                    {row.code} {row.isRetired ? words().book.isRetired : ''}
                  </td>
                  <td class="column-short">{count(row.labels)}</td>
                </tr>
              )}
            </For>
          </tbody>
        </table>
        <Show when={props.mayWrite && props.book.state === 'SIGNED'}>
          <div class="actions">
            <Button waiting={act.isWaiting()} onClick={() => void recheck()}>
              {words().book.recheck}
            </Button>
            <span class="hint" role="status">
              {opened() === undefined ? '' : words().book.rechecked(count(opened() ?? 0))}
            </span>
          </div>
          <Show when={act.refusal()}>
            <p class="form-refusal" role="alert">
              {act.refusal()?.text}
            </p>
          </Show>
        </Show>
      </Show>
    </section>
  );
}

function Sign(props: { bookId: string; onSigned: () => Promise<void> }) {
  const act = createAct();
  const [meaning, setMeaning] = createSignal('');
  const [password, setPassword] = createSignal('');
  async function submit() {
    const input = { defectBookId: props.bookId, meaning: meaning().trim(), password: password() };
    const signed = await act.send(SignDefectBook, { input });
    setPassword('');
    if (signed) await props.onSigned();
  }
  return (
    <section class="panel book-part">
      <h2>{words().book.signing}</h2>
      <p class="hint">{words().book.signHint}</p>
      <Form
        submit={words().book.sign}
        waiting={act.isWaiting()}
        refusal={act.refusalBeside(['meaning'])}
        onSubmit={() => void submit()}
      >
        <Field
          label={words().book.meaning}
          name="meaning"
          value={meaning()}
          refusal={act.refusalAt('meaning')}
          onInput={setMeaning}
        />
        <Field
          label={words().book.password}
          name="password"
          type="password"
          autocomplete="current-password"
          value={password()}
          onInput={setPassword}
        />
      </Form>
    </section>
  );
}

function Discard(props: { bookId: string; onDiscarded: () => Promise<void> }) {
  const act = createAct();
  return (
    <section class="panel book-part">
      <TwoTaps
        label={words().book.discard}
        consequence={words().book.discardConsequence}
        confirm={words().book.discardConfirm}
        cancel={words().book.keep}
        waiting={act.isWaiting()}
        refusal={act.refusal()?.text}
        onConfirm={async () => {
          if (await act.send(DiscardDefectBook, { defectBookId: props.bookId })) await props.onDiscarded();
        }}
      />
    </section>
  );
}
