import './gate-sign.css';

/** A tick or a cross, drawn: the font has neither. Words stand beside it. */
export function GateSign(props: { isGood: boolean }) {
  return (
    <svg class="gate-sign" viewBox="0 0 16 16" aria-hidden="true">
      <path d={props.isGood ? 'M2 9 L6 13 L14 3' : 'M3 3 L13 13 M13 3 L3 13'} />
    </svg>
  );
}
