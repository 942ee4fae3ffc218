import '../../ui/data-table.css';
import { useClient } from '@urql/solid';
import { createSignal, For, Show } from 'solid-js';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { failureOf } from '../../lib/refusal.ts';
import { Button } from '../../ui/button.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { TextArea } from '../../ui/text-area.tsx';
import { TwoTaps } from '../../ui/two-taps.tsx';
import { changeRows, type ImportCheck, type ImportQuestion, isAbout, type Missing, mayApply } from './import-check.ts';
import { ImportPlantModel, type ModelChange, type ModelProblem } from './plant-model.documents.ts';

/** Takes in a plant's file: a check shows every change and every problem first, and only what was checked can be applied. */
export function ImportModel(props: { onApplied: (code: string | undefined) => Promise<void> }) {
  const client = useClient();
  const [yaml, setYaml] = createSignal('');
  const [missing, setMissing] = createSignal<Missing>('KEEP');
  const [check, setCheck] = createSignal<ImportCheck>();
  const [applied, setApplied] = createSignal<number>();
  const [isWaiting, setWaiting] = createSignal(false);
  const [failure, setFailure] = createSignal<string>();
  const question = (): ImportQuestion => ({ yaml: yaml(), missing: missing() });
  const found = () => {
    const present = check();
    return isAbout(present, question()) ? present : undefined;
  };
  const count = (number: number) => formatNumber(number, 0, locale());

  function enter(text: string) {
    setApplied(undefined);
    setYaml(text);
  }

  async function send(dryRun: boolean) {
    const asked = question();
    setWaiting(true);
    setFailure(undefined);
    setApplied(undefined);
    const result = await client.mutation(ImportPlantModel, { input: { ...asked, dryRun } }).toPromise();
    setWaiting(false);
    const answer = result.data?.importPlantModel;
    if (!answer) return setFailure(failureOf(result, words().act.noAnswer) ?? words().act.noAnswer);
    if (answer.__typename === 'PlantModelRefusedError') {
      return setCheck({ question: asked, changes: [], problems: answer.problems });
    }
    if (dryRun) return setCheck({ question: asked, changes: answer.changes, problems: [] });
    setCheck(undefined);
    setApplied(answer.changes.length);
    await props.onApplied(answer.plant?.code);
  }

  return (
    <section class="details model-import">
      <h2>{words().modelFile.importTitle}</h2>
      <p class="quiet-text">{words().modelFile.importHint}</p>
      <label class="button model-file">
        {words().modelFile.choose}
        <input
          class="visually-hidden"
          type="file"
          accept=".yaml,.yml,text/yaml,application/yaml"
          onChange={async (event) => {
            const input = event.currentTarget;
            const file = input.files?.[0];
            if (file) enter(await file.text());
            // The same file can be chosen again after it was corrected.
            input.value = '';
          }}
        />
      </label>
      <TextArea label={words().modelFile.text} name="yaml" rows={14} value={yaml()} onInput={enter} />
      <div class="model-choice">
        <SelectField
          label={words().modelFile.missing}
          name="missing"
          value={missing()}
          options={[
            { value: 'KEEP', name: words().modelFile.missingKeep },
            { value: 'RETIRE', name: words().modelFile.missingRetire },
          ]}
          onChoose={(value) => setMissing(value === 'RETIRE' ? 'RETIRE' : 'KEEP')}
        />
      </div>
      <div class="actions">
        <Button isStrong waiting={isWaiting()} disabled={yaml().trim() === ''} onClick={() => void send(true)}>
          {words().modelFile.check}
        </Button>
        <Show
          when={mayApply(check(), question())}
          fallback={
            <>
              <Button disabled>{words().modelFile.apply}</Button>
              <span class="hint">{words().modelFile.checkFirst}</span>
            </>
          }
        >
          <TwoTaps
            label={words().modelFile.apply}
            consequence={words().modelFile.applyConsequence(
              words().modelFile.changes(count(found()?.changes.length ?? 0)),
            )}
            confirm={words().modelFile.applyNow}
            cancel={words().act.cancel}
            waiting={isWaiting()}
            onConfirm={() => send(false)}
          />
        </Show>
      </div>
      <Show when={failure()}>
        {(text) => (
          <p class="form-refusal" role="alert">
            {text()}
          </p>
        )}
      </Show>
      <Show when={applied()}>
        {(changes) => <p role="status">{words().modelFile.applied(words().modelFile.changes(count(changes())))}</p>}
      </Show>
      <Show when={found()}>
        {(result) => (
          <>
            <p role="status" class="model-result">
              {result().problems.length > 0
                ? words().modelFile.problems(count(result().problems.length))
                : result().changes.length > 0
                  ? words().modelFile.changes(count(result().changes.length))
                  : words().modelFile.unchanged}
            </p>
            <Show when={result().problems.length > 0}>
              <ProblemTable problems={result().problems} />
            </Show>
            <Show when={result().changes.length > 0}>
              <ChangeTable changes={result().changes} />
            </Show>
          </>
        )}
      </Show>
    </section>
  );
}

function ProblemTable(props: { problems: readonly ModelProblem[] }) {
  return (
    <table class="data-table">
      <thead>
        <tr>
          <th>{words().modelFile.line}</th>
          <th>{words().modelFile.field}</th>
          <th>{words().modelFile.value}</th>
          <th>{words().modelFile.remedy}</th>
        </tr>
      </thead>
      <tbody>
        <For each={props.problems}>
          {(problem) => (
            <tr>
              <td class="column-short">
                {problem.line}:{problem.column}
              </td>
              <td>{problem.field || words().value.none}</td>
              <td>{problem.value ?? words().value.none}</td>
              <td>{problem.remedy}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
}

function ChangeTable(props: { changes: readonly ModelChange[] }) {
  const kindName = (type: string) => {
    const { kinds } = words().setup;
    const key = type.charAt(0).toLowerCase() + type.slice(1);
    return Object.hasOwn(kinds, key) ? kinds[key as keyof typeof kinds] : type;
  };
  return (
    <table class="data-table">
      <thead>
        <tr>
          <th>{words().modelFile.what}</th>
          <th>{words().modelFile.how}</th>
          <th>{words().modelFile.field}</th>
          <th>{words().modelFile.from}</th>
          <th>{words().modelFile.to}</th>
        </tr>
      </thead>
      <tbody>
        <For each={changeRows(props.changes)}>
          {(row) => (
            <tr>
              <td>{row.type === '' ? '' : `${kindName(row.type)} ${row.part}`}</td>
              <td>{row.action === undefined ? '' : words().modelFile.actions[row.action]}</td>
              <td>{row.field}</td>
              <td>{row.from}</td>
              <td>{row.to}</td>
            </tr>
          )}
        </For>
      </tbody>
    </table>
  );
}
