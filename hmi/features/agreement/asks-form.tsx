import { createSignal, For, Show } from 'solid-js';
import { createStore } from 'solid-js/store';
import { createAct } from '../../lib/create-act.ts';
import { formatNumber, formatShare } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Form } from '../../ui/form.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { SetAgreementRules, SetReviewSettings } from './agreement.documents.ts';

interface AsksFormProps {
  plantId: string;
  settings: { knownShare: number; knownAnswers: number; rules: { label: string | null; reviewers: number }[] };
  classes: readonly { code: string; name: string }[];
  mayChange: boolean;
  onSaved: () => Promise<void>;
}

const shares = [0, 0.05, 0.1, 0.15];

/** What the plant asks of its reviewers: how many people each class takes, and how many known answers are mixed in. */
export function AsksForm(props: AsksFormProps) {
  const act = createAct();
  const first = props.settings;
  const labels = ['', 'good', ...props.classes.map(({ code }) => code)];
  const [reviewers, setReviewers] = createStore<Record<string, string>>(
    Object.fromEntries(
      labels.map((label) => [
        label,
        String(first.rules.find((rule) => (rule.label ?? '') === label)?.reviewers ?? (label === '' ? 1 : '')),
      ]),
    ),
  );
  const [share, setShare] = createSignal(String(first.knownShare));
  const [isSaved, setSaved] = createSignal(false);
  const nameOf = (label: string) =>
    label === ''
      ? words().agreement.others
      : label === 'good'
        ? words().agreement.good
        : (props.classes.find(({ code }) => code === label)?.name ?? label);

  async function submit() {
    setSaved(false);
    const rules = labels.flatMap((label) => {
      const count = Number(reviewers[label]);
      return count > 0 ? [{ label: label === '' ? null : label, reviewers: count }] : [];
    });
    const ruled = await act.send(SetAgreementRules, { input: { plantId: props.plantId, rules } });
    if (!ruled) return;
    const input = { plantId: props.plantId, knownShare: Number(share()) };
    if (!(await act.send(SetReviewSettings, { input }))) return;
    await props.onSaved();
    setSaved(true);
  }

  return (
    <section class="panel agreement-part">
      <h2>{words().agreement.settings}</h2>
      <Form
        submit={words().agreement.save}
        waiting={act.isWaiting()}
        disabled={!props.mayChange}
        refusal={act.refusal()?.text}
        done={isSaved() ? words().agreement.saved : undefined}
        onSubmit={() => void submit()}
      >
        <For each={labels}>
          {(label) => (
            <SelectField
              label={`${words().agreement.reviewers}: ${nameOf(label)}`}
              name={`reviewers-${label}`}
              disabled={!props.mayChange}
              value={reviewers[label] ?? ''}
              options={[
                ...(label === '' ? [] : [{ value: '', name: words().agreement.asOthers }]),
                { value: '1', name: words().agreement.one },
                { value: '2', name: words().agreement.two },
              ]}
              onChoose={(value) => setReviewers(label, value)}
            />
          )}
        </For>
        <SelectField
          label={words().agreement.share}
          name="share"
          disabled={!props.mayChange}
          value={share()}
          hint={words().agreement.knownCount(formatNumber(first.knownAnswers, 0, locale()))}
          options={[...new Set([...shares, first.knownShare])]
            .sort((a, b) => a - b)
            .map((value) => ({
              value: String(value),
              name: value === 0 ? words().agreement.shareNone : formatShare(value, locale(), 0),
            }))}
          onChoose={setShare}
        />
      </Form>
      <Show when={!props.mayChange}>
        <p class="hint">{words().book.notCurator}</p>
      </Show>
    </section>
  );
}
