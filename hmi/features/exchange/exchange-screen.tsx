import '../../ui/data-table.css';
import './exchange.css';
import { useSearchParams } from '@solidjs/router';
import { Show } from 'solid-js';
import { useDataPlant } from '../../lib/data-plant.ts';
import { words } from '../../lib/language.ts';
import { curates, useViewer } from '../../lib/viewer.ts';
import { ScrollArea } from '../../ui/scroll-area.tsx';
import { ExportPart } from './export-part.tsx';
import { ImportDetail } from './import-detail.tsx';
import { ImportHistory } from './import-history.tsx';
import { SendSet } from './send-set.tsx';

/** Sets that come into a plant and dataset versions that go out; the import that is open stands in the address. */
export function ExchangeScreen() {
  const plant = useDataPlant();
  const viewer = useViewer();
  const [search, setSearch] = useSearchParams<{ import?: string }>();
  const mayWork = () => curates(viewer(), plant().id);
  const open = (id: string | undefined) => setSearch({ import: id ?? null });

  return (
    <ScrollArea label={words().exchange.list} class="exchange">
      <Show when={mayWork()} fallback={<p class="hint">{words().exchange.notCurator}</p>}>
        <SendSet onSent={open} isOpen={search.import !== undefined} />
      </Show>
      <Show when={search.import} keyed>
        {(id) => <ImportDetail id={id} mayWork={mayWork()} onOpen={open} onClose={() => open(undefined)} />}
      </Show>
      <ImportHistory openId={search.import} onOpen={open} />
      <ExportPart mayWork={mayWork()} />
    </ScrollArea>
  );
}
