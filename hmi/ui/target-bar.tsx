import './target-bar.css';
import { Show } from 'solid-js';

interface TargetBarProps {
  value: number;
  target: number | null | undefined;
  label: string;
}

/** A rate as a bar with its target as a tick. The bar's end is a quarter above the target, or the value without one. */
export function TargetBar(props: TargetBarProps) {
  const end = () => Math.max((props.target ?? 0) * 1.25, props.value, 1);
  return (
    <svg class="target-bar figure" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={props.label}>
      <rect class="target-bar-track" x="0" y="4.5" width="100" height="1" />
      <rect class="target-bar-value" x="0" y="2" width={(props.value / end()) * 100} height="6" />
      <Show when={props.target}>
        {(target) => {
          const x = () => (target() / end()) * 100;
          return <line class="target-bar-tick" x1={x()} x2={x()} y1="0" y2="10" vector-effect="non-scaling-stroke" />;
        }}
      </Show>
    </svg>
  );
}
