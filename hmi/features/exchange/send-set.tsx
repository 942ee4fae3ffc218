import { createSignal, onCleanup, Show } from 'solid-js';
import { createAct } from '../../lib/create-act.ts';
import { useDataPlant } from '../../lib/data-plant.ts';
import { formatShare } from '../../lib/format.ts';
import { locale, words } from '../../lib/language.ts';
import { Button } from '../../ui/button.tsx';
import { StartSetImport } from './exchange.documents.ts';
import { archiveName, sendArchive } from './send-archive.ts';

/** Takes a zip, sends it, and has the server look at it before anything is written. */
export function SendSet(props: { onSent: (importId: string) => void; isOpen: boolean }) {
  const plant = useDataPlant();
  const act = createAct();
  const [sending, setSending] = createSignal<{ name: string; share: number }>();
  const [failure, setFailure] = createSignal<string>();
  const [isOver, setOver] = createSignal(false);
  let stop = new AbortController();
  onCleanup(() => stop.abort());

  async function take(file: File | undefined): Promise<void> {
    if (!file || sending()) return;
    setFailure(undefined);
    act.clear();
    if (file.size === 0) return void setFailure(words().exchange.emptyFile);
    stop = new AbortController();
    setSending({ name: file.name, share: 0 });
    const refused = await sendArchive(
      plant().code,
      file,
      (share) => setSending({ name: file.name, share }),
      stop.signal,
    ).catch(() => (stop.signal.aborted ? '' : words().exchange.interrupted));
    setSending(undefined);
    if (refused !== undefined) return void setFailure(refused === '' ? undefined : refused);
    const input = { plantId: plant().id, source: archiveName(file.name), isDryRun: true };
    const started = await act.send(StartSetImport, { input });
    if (started) props.onSent(started.id);
  }

  return (
    <section class="panel exchange-part">
      <h2>{words().exchange.importTitle}</h2>
      <p class="hint">{words().exchange.importHint}</p>
      <Show
        when={sending()}
        fallback={
          <label
            class="exchange-drop"
            classList={{ 'is-over': isOver() }}
            onDragOver={(event) => {
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
              event.preventDefault();
              setOver(false);
              void take(event.dataTransfer?.files[0]);
            }}
          >
            {words().exchange.choose}
            <input
              class="visually-hidden"
              type="file"
              accept=".zip,application/zip"
              onChange={(event) => {
                const input = event.currentTarget;
                void take(input.files?.[0]);
                // the same file can be chosen again, to go on with it
                input.value = '';
              }}
            />
          </label>
        }
      >
        {(state) => (
          <div class="actions">
            <progress max="1" value={state().share} aria-label={state().name} />
            <span>{words().exchange.sending(state().name, formatShare(state().share, locale(), 0))}</span>
            <Button onClick={() => stop.abort()}>{words().exchange.stop}</Button>
          </div>
        )}
      </Show>
      <Show when={failure() ?? act.refusal()?.text}>
        {(text) => (
          <p class="form-refusal" role="alert">
            {text()}
          </p>
        )}
      </Show>
    </section>
  );
}
