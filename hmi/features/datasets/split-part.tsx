import { createSignal, For, Show } from 'solid-js';
import type { ResultOf } from '#schema/graphql.ts';
import { createAct } from '../../lib/create-act.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Check } from '../../ui/check.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { Field } from '../../ui/field.tsx';
import { Form } from '../../ui/form.tsx';
import { TwoTaps } from '../../ui/two-taps.tsx';
import { CountTable } from './count-table.tsx';
import { SplitDataset } from './datasets.documents.ts';
import type { PartProps } from './version-data.ts';

type Plan = Extract<ResultOf<typeof SplitDataset>['splitDatasetVersion'], { __typename: 'DatasetSplit' }>;

const standard = { validationShare: 0.2, goldenShare: 0, seed: 1, neighbourMs: 2000, keepBatches: false };
const count = (value: number) => formatNumber(value, 0, locale());

/** Divides a draft: how it would come out is shown before anything is written. */
export function SplitPart(props: PartProps) {
  const act = createAct();
  const policy = () => props.version.splitPolicy ?? standard;
  const [validation, setValidation] = createSignal(String(policy().validationShare * 100));
  const [golden, setGolden] = createSignal(String(policy().goldenShare * 100));
  const [neighbours, setNeighbours] = createSignal(String(policy().neighbourMs / 1000));
  const [seed, setSeed] = createSignal(String(policy().seed));
  const [keepBatches, setKeepBatches] = createSignal(policy().keepBatches);
  const [plan, setPlan] = createSignal<Plan>();

  const send = (dryRun: boolean) =>
    act.send(SplitDataset, {
      input: {
        datasetVersionId: props.version.id,
        dryRun,
        policy: {
          validationShare: Number(validation()) / 100,
          goldenShare: Number(golden()) / 100,
          neighbourMs: Math.round(Number(neighbours()) * 1000),
          seed: Math.round(Number(seed())),
          keepBatches: keepBatches(),
        },
      },
    });
  const preview = async () => setPlan(await send(true));
  const apply = async () => {
    const done = await send(false);
    if (!done) return;
    setPlan(done);
    await props.onChanged();
  };
  /** What is previewed is what the fields say. */
  const edit = (set: (value: string) => void) => (value: string) => {
    set(value);
    setPlan(undefined);
  };
  const fields = ['validationShare', 'goldenShare', 'neighbourMs', 'seed'];

  return (
    <section class="panel sets-part">
      <p class="hint">{words().sets.splitHint}</p>
      <Show when={props.mayChange} fallback={<EmptyState>{words().sets.isFrozen}</EmptyState>}>
        <Form
          submit={words().sets.preview}
          waiting={act.isWaiting()}
          refusal={act.refusalBeside(fields)}
          onSubmit={() => void preview()}
        >
          <Field
            label={words().sets.validationShare}
            type="number"
            name="validation"
            value={validation()}
            onInput={edit(setValidation)}
            refusal={act.refusalAt('validationShare')}
          />
          <Field
            label={words().sets.goldenShare}
            type="number"
            name="golden"
            value={golden()}
            onInput={edit(setGolden)}
            refusal={act.refusalAt('goldenShare')}
          />
          <Field
            label={words().sets.neighbours}
            type="number"
            name="neighbours"
            value={neighbours()}
            onInput={edit(setNeighbours)}
            hint={words().sets.neighboursHint}
            refusal={act.refusalAt('neighbourMs')}
          />
          <Field
            label={words().sets.seed}
            type="number"
            name="seed"
            value={seed()}
            onInput={edit(setSeed)}
            refusal={act.refusalAt('seed')}
          />
          <Check
            label={words().sets.keepBatches}
            checked={keepBatches()}
            onChange={(isKept) => {
              setKeepBatches(isKept);
              setPlan(undefined);
            }}
          />
        </Form>
        <Show when={plan()}>
          {(shown) => (
            <>
              <p role="status">
                {shown().dryRun ? '' : `${words().sets.applied} `}
                {words().sets.plan(count(shown().units), count(shown().largestUnit))}
              </p>
              <CountTable counts={shown().counts} />
              <Show when={shown().problems.length > 0}>
                <ul>
                  <For each={shown().problems}>{(problem) => <li>{problemText(problem)}</li>}</For>
                </ul>
              </Show>
              <Show when={shown().dryRun}>
                <TwoTaps
                  label={words().sets.apply}
                  consequence={words().sets.applyConsequence(count(shown().moved), count(shown().newGolden))}
                  confirm={words().sets.apply}
                  cancel={words().act.cancel}
                  waiting={act.isWaiting()}
                  onConfirm={apply}
                />
              </Show>
            </>
          )}
        </Show>
      </Show>
    </section>
  );
}

function problemText({ code, images, label, split }: Plan['problems'][number]): string {
  const { problem, split: sides } = words().sets;
  if (code === 'MISSING_CLASS') return problem.MISSING_CLASS(count(images), label ?? '', split ? sides[split] : '');
  return problem[code](count(images));
}
