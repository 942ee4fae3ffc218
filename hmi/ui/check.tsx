import './check.css';

interface CheckProps {
  label: string;
  checked: boolean;
  onChange: (isChecked: boolean) => void;
  disabled?: boolean;
  /** The label stands elsewhere, such as in a table's head. */
  isLabelHidden?: boolean;
}

/** Yes or no, with a label that can be touched. */
export function Check(props: CheckProps) {
  return (
    <label class="check">
      <input
        type="checkbox"
        checked={props.checked}
        disabled={props.disabled}
        onChange={(event) => {
          props.onChange(event.currentTarget.checked);
          // What is shown is what the owner says, not what the browser toggled.
          event.currentTarget.checked = props.checked;
        }}
      />
      <span classList={{ 'visually-hidden': props.isLabelHidden === true }}>{props.label}</span>
    </label>
  );
}
