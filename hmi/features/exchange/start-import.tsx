import { createSignal, For, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Check } from '../../ui/check.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { SetVersions, StartSetImport } from './exchange.documents.ts';
import type { ImportNode } from './import-node.ts';

const DATASETS = 200;
type LabelUse = 'DECIDE' | 'SUGGEST' | 'NONE';
type TestUse = 'GOLDEN' | 'VALIDATION';

/** After a look: what classes are called here, what becomes of labels and images, and the act itself. */
export function StartImport(props: { found: ImportNode; onStarted: (id: string) => void }) {
  const plant = useDataPlant();
  const act = createAct();
  const answer = createAnswer(SetVersions, () => ({ plantId: plant().id, first: DATASETS }));
  const [codes, setCodes] = createSignal<Record<string, string>>({});
  const [labels, setLabels] = createSignal<LabelUse>('DECIDE');
  const [draft, setDraft] = createSignal('');
  const [testIs, setTestIs] = createSignal<TestUse>('GOLDEN');
  const [isEmptyGood, setEmptyGood] = createSignal(false);
  const drafts = () =>
    (answer.data()?.datasets.edges ?? []).flatMap(({ node }) =>
      node.versions
        .filter(({ state }) => state === 'DRAFT')
        .map(({ id, number }) => ({ value: id, name: `${node.name} ${number}` })),
    );
  const codeOf = (name: string, code: string | null) => codes()[name] ?? code ?? '';
  const isMissing = () =>
    labels() !== 'NONE' && props.found.classes.some(({ name, code }) => codeOf(name, code).trim() === '');

  async function start(): Promise<void> {
    const classes = Object.entries(codes())
      .filter(([, code]) => code.trim() !== '')
      .map(([name, code]) => ({ name, code: code.trim() }));
    const started = await act.send(StartSetImport, {
      input: {
        plantId: plant().id,
        source: props.found.source,
        sourceKind: props.found.sourceKind,
        format: props.found.format,
        labels: labels(),
        classes,
        datasetVersionId: labels() === 'DECIDE' && draft() !== '' ? draft() : null,
        testIs: testIs(),
        isEmptyGood: isEmptyGood(),
      },
    });
    if (started) props.onStarted(started.id);
  }

  return (
    <Form
      submit={words().exchange.start}
      waiting={act.isWaiting()}
      disabled={isMissing()}
      refusal={act.refusal()?.text}
      onSubmit={() => void start()}
    >
      <SelectField
        label={words().exchange.labels}
        name="labels"
        value={labels()}
        options={(['DECIDE', 'SUGGEST', 'NONE'] as const).map((value) => ({
          value,
          name: words().exchange.labelUse[value],
        }))}
        onChoose={(value) => setLabels(value as LabelUse)}
      />
      <Show when={labels() === 'DECIDE'}>
        <SelectField
          label={words().exchange.draft}
          name="draft"
          value={draft()}
          options={[{ value: '', name: words().exchange.noDraft }, ...drafts()]}
          onChoose={setDraft}
        />
        <Show when={draft() !== ''}>
          <SelectField
            label={words().exchange.testIs}
            name="testIs"
            value={testIs()}
            options={(['GOLDEN', 'VALIDATION'] as const).map((value) => ({
              value,
              name: words().exchange.testUse[value],
            }))}
            onChoose={(value) => setTestIs(value as TestUse)}
          />
        </Show>
      </Show>
      <Show when={labels() !== 'NONE'}>
        <For each={props.found.classes}>
          {({ name, code, images }) => (
            <Field
              label={`${name} (${formatNumber(images, 0, locale())})`}
              name={`class ${name}`}
              value={codeOf(name, code)}
              onInput={(value) => setCodes({ ...codes(), [name]: value })}
              hint={words().exchange.classCode}
              refusal={code === null && codeOf(name, code).trim() === '' ? words().exchange.unknownClass : undefined}
            />
          )}
        </For>
        <Check label={words().exchange.emptyGood} checked={isEmptyGood()} onChange={setEmptyGood} />
      </Show>
    </Form>
  );
}
