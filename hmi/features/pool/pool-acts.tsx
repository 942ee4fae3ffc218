import { createSignal, Match, Show, Switch } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { createAnswer } from '../../lib/create-answer.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { formatNumber } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { SelectField } from '../../ui/select-field.tsx';
import { AddToDraft, PoolDrafts, type PoolFilter, SendToReview, TagPoolImages } from './pool.documents.ts';

interface PoolActsProps {
  chosen: ReadonlySet<string>;
  filter: PoolFilter;
  total: { count: number; isMore: boolean } | undefined;
  onClear: () => void;
  onChanged: () => Promise<void>;
}

type Form = 'tag' | 'untag' | 'draft';

/** What can be done with the chosen images, or with all that the filter names when none is chosen; says which it is. */
export function PoolActs(props: PoolActsProps) {
  const plant = useDataPlant();
  const act = createAct();
  const [form, setForm] = createSignal<Form>();
  const [tag, setTag] = createSignal('');
  const [draft, setDraft] = createSignal('');
  const [done, setDone] = createSignal<string>();
  const drafts = createAnswer(PoolDrafts, () => (form() === 'draft' ? { plantId: plant().id } : undefined));
  const options = () =>
    (drafts.data()?.datasets.edges ?? []).flatMap(({ node }) =>
      node.versions
        .filter(({ state }) => state === 'DRAFT')
        .map(({ id, number }) => ({ value: id, name: words().pool.draftName(node.name, String(number)) })),
    );
  const which = (): PoolFilter => (props.chosen.size > 0 ? { imageSha256s: [...props.chosen] } : props.filter);
  const number = (value: number) => formatNumber(value, 0, locale());
  const subject = () => {
    if (props.chosen.size > 0) return words().pool.chosen(number(props.chosen.size));
    const { total } = props;
    return total ? words().pool.allOfFilter(number(total.count), total.isMore) : '';
  };

  async function finish(text: string): Promise<void> {
    setDone(text);
    setForm(undefined);
    await props.onChanged();
  }

  async function putTag(): Promise<void> {
    const tags = tag()
      .split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '');
    const input = { plantId: plant().id, filter: which(), ...(form() === 'untag' ? { remove: tags } : { add: tags }) };
    const answer = await act.send(TagPoolImages, { input });
    if (answer) await finish(words().pool.tagged(number(answer.changed)));
  }

  async function review(): Promise<void> {
    const answer = await act.send(SendToReview, { input: { plantId: plant().id, filter: which(), purpose: 'LABEL' } });
    if (answer) await finish(words().pool.sent(number(answer.opened), number(answer.already)));
  }

  async function addToDraft(): Promise<void> {
    const datasetVersionId = draft() || options()[0]?.value;
    if (!datasetVersionId) return;
    const answer = await act.send(AddToDraft, { input: { datasetVersionId, filter: which() } });
    if (answer) await finish(words().pool.inDraft(number(answer.itemCount)));
  }

  const open = (next: Form) => {
    act.clear();
    setDone(undefined);
    setForm(form() === next ? undefined : next);
  };

  return (
    <section class="pool-acts" aria-label={words().pool.acts}>
      <span class="figure pool-subject" role="status">
        {subject()}
      </span>
      <Show when={props.chosen.size > 0}>
        <Button onClick={props.onClear}>{words().pool.chooseNone}</Button>
      </Show>
      <Button pressed={form() === 'tag'} onClick={() => open('tag')}>
        {words().pool.tag}
      </Button>
      <Button pressed={form() === 'untag'} onClick={() => open('untag')}>
        {words().pool.untag}
      </Button>
      <Button waiting={act.isWaiting() && form() === undefined} onClick={() => void review()}>
        {words().pool.review}
      </Button>
      <Button pressed={form() === 'draft'} onClick={() => open('draft')}>
        {words().pool.toDraft}
      </Button>
      <Show when={done()}>{(text) => <span role="status">{text()}</span>}</Show>
      <Show when={act.refusal()}>{(refusal) => <span role="alert">{refusal().text}</span>}</Show>
      <Show when={form()}>
        <form
          class="pool-act-form"
          onSubmit={(event) => {
            event.preventDefault();
            void (form() === 'draft' ? addToDraft() : putTag());
          }}
        >
          <Switch>
            <Match when={form() === 'draft'}>
              <Show
                when={options().length > 0}
                fallback={<p>{drafts.data() ? words().pool.noDraft : words().session.waiting}</p>}
              >
                <SelectField
                  label={words().pool.draft}
                  name="draft"
                  value={draft() || (options()[0]?.value ?? '')}
                  options={options()}
                  hint={words().pool.draftHint}
                  onChoose={setDraft}
                />
              </Show>
            </Match>
            <Match when={true}>
              <Field
                label={words().pool.tagField}
                name="tag"
                value={tag()}
                hint={words().pool.tagHint}
                onInput={setTag}
              />
            </Match>
          </Switch>
          <Button
            type="submit"
            isStrong
            waiting={act.isWaiting()}
            disabled={form() === 'draft' ? options().length === 0 : tag().trim() === ''}
          >
            {form() === 'untag'
              ? words().pool.untagNow
              : form() === 'draft'
                ? words().pool.toDraftNow
                : words().pool.tagNow}
          </Button>
        </form>
      </Show>
    </section>
  );
}
