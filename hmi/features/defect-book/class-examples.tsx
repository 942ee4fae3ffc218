import { useSearchParams } from '@solidjs/router';
import { createSignal, For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { type BookClass, PutDefectExample, RemoveDefectExample } from './book.documents.ts';

interface ClassExamplesProps {
  bookId: string;
  row: BookClass;
  mayEdit: boolean;
  onChanged: () => Promise<unknown>;
}

/** Where the class begins: what is just still good beside what is just bad enough. */
export function ClassExamples(props: ClassExamplesProps) {
  return (
    <>
      <h3>{words().book.examples}</h3>
      <div class="book-sides">
        <Side {...sideOf(props, false)} title={words().book.stillGood} />
        <Side {...sideOf(props, true)} title={words().book.justBad} />
      </div>
      <Show when={props.mayEdit}>
        <AddExample bookId={props.bookId} code={props.row.code} onChanged={props.onChanged} />
      </Show>
    </>
  );
}

function sideOf(props: ClassExamplesProps, isDefect: boolean) {
  return {
    get bookId() {
      return props.bookId;
    },
    get code() {
      return props.row.code;
    },
    get mayEdit() {
      return props.mayEdit;
    },
    get examples() {
      return props.row.examples.filter((each) => each.isDefect === isDefect);
    },
    onChanged: () => props.onChanged(),
  };
}

function Side(props: {
  title: string;
  bookId: string;
  code: string;
  mayEdit: boolean;
  examples: BookClass['examples'];
  onChanged: () => Promise<unknown>;
}) {
  const act = createAct();
  return (
    <div class="book-main">
      <p class="hint">{props.title}</p>
      <Show when={props.examples.length > 0} fallback={<p class="hint">{words().book.noExample}</p>}>
        <div class="book-pictures">
          <For each={props.examples}>
            {(example) => (
              <figure>
                <Show when={example.image}>
                  {(image) => <img src={`${image().image.url}?w=320`} alt={example.note ?? props.title} />}
                </Show>
                <figcaption class="hint">{example.note}</figcaption>
                <Show when={props.mayEdit}>
                  <Button
                    waiting={act.isWaiting()}
                    onClick={async () => {
                      const { imageSha256 } = example;
                      const input = { defectBookId: props.bookId, code: props.code, imageSha256 };
                      if (await act.send(RemoveDefectExample, { input })) await props.onChanged();
                    }}
                  >
                    {words().book.takeAway}
                  </Button>
                </Show>
              </figure>
            )}
          </For>
        </div>
      </Show>
      <Show when={act.refusal()}>
        <p class="form-refusal" role="alert">
          {act.refusal()?.text}
        </p>
      </Show>
    </div>
  );
}

function AddExample(props: { bookId: string; code: string; onChanged: () => Promise<unknown> }) {
  const act = createAct();
  const [search] = useSearchParams<{ example: string }>();
  const [sha256, setSha256] = createSignal(search.example ?? '');
  const plant = useDataPlant();
  const shown = () => (/^[0-9a-f]{64}$/.test(sha256().trim()) ? sha256().trim() : undefined);
  const [side, setSide] = createSignal('bad');
  const [note, setNote] = createSignal('');
  async function submit() {
    const input = {
      ...{ defectBookId: props.bookId, code: props.code, imageSha256: sha256().trim() },
      ...{ isDefect: side() === 'bad', note: note() },
    };
    if (!(await act.send(PutDefectExample, { input }))) return;
    setSha256('');
    setNote('');
    await props.onChanged();
  }
  return (
    <Form
      submit={words().book.addExample}
      waiting={act.isWaiting()}
      refusal={act.refusalBeside(['imageSha256'])}
      onSubmit={() => void submit()}
    >
      <Field
        label={words().book.exampleImage}
        name="image"
        hint={words().book.exampleHint}
        value={sha256()}
        refusal={act.refusalAt('imageSha256')}
        onInput={setSha256}
      />
      <Show when={shown()}>
        {(hash) => (
          <div class="book-pictures">
            <img src={`/images/${encodeURIComponent(plant().code)}/${hash()}?w=320`} alt={words().book.exampleImage} />
          </div>
        )}
      </Show>
      <SelectField
        label={words().book.exampleSide}
        name="side"
        value={side()}
        options={[
          { value: 'good', name: words().book.stillGood },
          { value: 'bad', name: words().book.justBad },
        ]}
        onChoose={setSide}
      />
      <Field label={words().book.note} name="note" isOptional value={note()} onInput={setNote} />
    </Form>
  );
}
