import './week-grid.css';
import { For } from 'solid-js';

interface WeekGridProps {
  label: string;
  /** Monday first. */
  days: readonly string[];
  blocks: readonly { id: string; name: string; day: number; fromMin: number; toMin: number }[];
  /** Shown as chosen. */
  chosenId: string | undefined;
}

const DAY_MIN = 1440;
const hours = [0, 6, 12, 18, 24];

/** A week as seven rows of 24 hours, with a bar for each time that something runs. */
export function WeekGrid(props: WeekGridProps) {
  return (
    <figure class="week-grid" aria-label={props.label}>
      <div class="week-hours" aria-hidden="true">
        <For each={hours}>
          {(hour) => <span style={{ left: `${(hour / 24) * 100}%` }}>{String(hour).padStart(2, '0')}</span>}
        </For>
      </div>
      <For each={props.days}>
        {(name, day) => (
          <>
            <span class="week-day">{name}</span>
            <div class="week-row">
              <For each={props.blocks.filter((block) => block.day === day())}>
                {(block) => (
                  <span
                    class="week-block"
                    data-chosen={block.id === props.chosenId ? '' : undefined}
                    style={{
                      left: `${(block.fromMin / DAY_MIN) * 100}%`,
                      width: `${((block.toMin - block.fromMin) / DAY_MIN) * 100}%`,
                    }}
                    title={block.name}
                  >
                    {block.name}
                  </span>
                )}
              </For>
            </div>
          </>
        )}
      </For>
    </figure>
  );
}
