import { useClient } from '@urql/solid';
import { createSignal, Show } from 'solid-js';
import { words } from '../../lib/language.ts';
import { failureOf } from '../../lib/refusal.ts';
import { Button } from '../../ui/button.tsx';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { ImportModel } from './import-model.tsx';
import { usePlantSetUp } from './plant-context.ts';
import { ExportPlantModel } from './plant-model.documents.ts';

/** The whole plant as one file: download, and take in. */
export function FileScreen() {
  const client = useClient();
  const { plant, refresh } = usePlantSetUp();
  const [isWaiting, setWaiting] = createSignal(false);
  const [failure, setFailure] = createSignal<string>();
  const [said, setSaid] = createSignal<{ fileName: string; sha256: string }>();

  async function download() {
    setWaiting(true);
    setFailure(undefined);
    const result = await client.query(ExportPlantModel, { plantId: plant().id }).toPromise();
    setWaiting(false);
    const file = result.data?.exportPlantModel;
    if (!file) return setFailure(failureOf(result, words().act.noAnswer) ?? words().act.noAnswer);
    saveFile(file.fileName, file.yaml);
    setSaid(file);
  }

  return (
    <ScrollArea label={words().setup.tabs.file} class="panel">
      <div class="details">
        <section class="details model-download">
          <h2>{words().modelFile.downloadTitle}</h2>
          <p class="quiet-text">{words().modelFile.downloadHint}</p>
          <div class="actions">
            <Button waiting={isWaiting()} onClick={() => void download()}>
              {words().modelFile.downloadAct}
            </Button>
          </div>
          <Show when={said()}>
            {(file) => (
              <p class="hint model-hash" role="status">
                {file().fileName} · SHA-256 {file().sha256}
              </p>
            )}
          </Show>
          <Show when={failure()}>{(text) => <p role="alert">{text()}</p>}</Show>
        </section>
        <ImportModel onApplied={refresh} />
      </div>
    </ScrollArea>
  );
}

/** Hands the text to the browser as a file. */
function saveFile(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}
