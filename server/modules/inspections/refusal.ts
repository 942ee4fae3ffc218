/** Why one item of a call was not taken: `field` is its path inside the item, `reason` ends with what to do. */
export interface Refusal {
  field: string;
  value: string | null;
  reason: string;
}
