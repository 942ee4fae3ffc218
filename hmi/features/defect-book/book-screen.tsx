import '../../ui/data-table.css';
import './book.css';
import { A, useSearchParams } from '@solidjs/router';
import { createSignal, For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { formatDateMinute } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { curates, useViewer } from '../../lib/viewer.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Form } from '../../ui/form.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { DefectBooks, OpenDefectBook } from './book.documents.ts';
import { BookVersion } from './book-version.tsx';

type Template = 'GLASS' | 'PACKAGING' | 'PHARMA' | 'EMPTY';
const templates: readonly Template[] = ['GLASS', 'PACKAGING', 'PHARMA', 'EMPTY'];

/** Versions of the plant's defect book at the left, the chosen one beside them. The address says which, and which class. */
export function BookScreen() {
  const plant = useDataPlant();
  const viewer = useViewer();
  const [search, setSearch] = useSearchParams<{ version?: string; class?: string; example?: string }>();
  const answer = createAnswer(DefectBooks, () => ({ plantId: plant().id }));
  const books = () => (answer.data()?.defectBooks.edges ?? []).map(({ node }) => node).toReversed();
  const chosen = () => books().find(({ number }) => String(number) === search.version) ?? books()[0];
  const mayWrite = () => curates(viewer(), plant().id);
  const moment = (at: string) => formatDateMinute(Date.parse(at), plant().timeZone, locale());
  const hasDraft = () => books().some(({ state }) => state === 'DRAFT');

  return (
    <Show when={answer.data()} fallback={<p role="status">{answer.failure() ?? words().session.waiting}</p>}>
      <div class="book">
        <ScrollArea label={words().book.versions} class="panel book-part">
          <ul class="book-list">
            <For each={books()}>
              {(book) => (
                <li>
                  <A
                    href={`?version=${book.number}${search.example ? `&example=${search.example}` : ''}`}
                    aria-current={book.id === chosen()?.id ? 'true' : undefined}
                    noScroll
                  >
                    <span>
                      {words().book.version(String(book.number))} · {words().book.states[book.state]}
                    </span>
                    <span class="hint">
                      {book.signedAt
                        ? words().book.signedBy(book.signedBy?.name ?? '', moment(book.signedAt))
                        : words().book.openedBy(book.createdBy.name, moment(book.createdAt))}
                    </span>
                  </A>
                </li>
              )}
            </For>
          </ul>
          <Show when={mayWrite() && !hasDraft()}>
            <OpenDraft
              plantId={plant().id}
              isFirst={books().length === 0}
              onOpened={async (number) => {
                await answer.ask();
                setSearch({ version: String(number), class: undefined });
              }}
            />
          </Show>
          <Show when={!mayWrite()}>
            <p class="hint">{words().book.notCurator}</p>
          </Show>
        </ScrollArea>
        <Show
          when={chosen()}
          fallback={<EmptyState>{mayWrite() ? words().book.none : words().book.noneToRead}</EmptyState>}
        >
          {(book) => (
            <BookVersion
              bookId={book().id}
              mayWrite={mayWrite()}
              classCode={search.class}
              onClass={(code) => setSearch({ version: String(book().number), class: code })}
              onChanged={answer.ask}
            />
          )}
        </Show>
      </div>
    </Show>
  );
}

function OpenDraft(props: { plantId: string; isFirst: boolean; onOpened: (number: number) => Promise<unknown> }) {
  const act = createAct();
  const [template, setTemplate] = createSignal<Template>('GLASS');
  async function submit() {
    const opened = await act.send(OpenDefectBook, { input: { plantId: props.plantId, template: template() } });
    if (opened) await props.onOpened(opened.number);
  }
  return (
    <Form
      submit={words().book.open}
      waiting={act.isWaiting()}
      refusal={act.refusal()?.text}
      onSubmit={() => void submit()}
    >
      <Show when={props.isFirst}>
        <SelectField
          label={words().book.template}
          name="template"
          value={template()}
          options={templates.map((value) => ({ value, name: words().book.templates[value] }))}
          onChoose={(value) => setTemplate(value as Template)}
        />
      </Show>
    </Form>
  );
}
