/** What a person does first. */
import type { Page } from 'playwright-core';

/** From the sign-in screen to the screen behind it. */
export async function signInAt(page: Page, person: { email: string; password: string }): Promise<void> {
  await page.getByLabel('E-mail').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByTestId('freshness').waitFor();
}
