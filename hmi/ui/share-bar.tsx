import './target-bar.css';

/** How full something is, 0 to 1. */
export function ShareBar(props: { share: number; label: string }) {
  const filled = () => Math.min(1, Math.max(0, props.share)) * 100;
  return (
    <svg class="target-bar figure" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label={props.label}>
      <rect class="target-bar-track" x="0" y="2" width="100" height="6" />
      <rect class="target-bar-value" x="0" y="2" width={filled()} height="6" />
    </svg>
  );
}
