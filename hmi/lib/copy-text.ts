/** Copies to the clipboard. False where the browser forbids it (no HTTPS, policy): the person then selects the text. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}
