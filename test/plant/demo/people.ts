/** The demo's people: made at the first start with passwords of their own, kept readable for the owner of the home only. */
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { z } from 'zod';

const PersonSchema = z.object({ role: z.string(), name: z.string(), email: z.string(), password: z.string() });
const PeopleSchema = z.array(PersonSchema);

export type DemoPerson = z.infer<typeof PersonSchema>;

const CAST: readonly Omit<DemoPerson, 'password'>[] = [
  { role: 'ADMINISTRATOR', name: 'Ada Administrator', email: 'administrator@lehr.example' },
  { role: 'OPERATOR', name: 'Olga Operator', email: 'operator@lehr.example' },
  { role: 'QUALITY_ENGINEER', name: 'Quentin Quality', email: 'quality@lehr.example' },
  { role: 'ML_ENGINEER', name: 'Mina Modeller', email: 'ml@lehr.example' },
  { role: 'APPROVER', name: 'Arno Approver', email: 'approver@lehr.example' },
  { role: 'VIEWER', name: 'Vera Viewer', email: 'viewer@lehr.example' },
];

/** Reads the people of this home, or makes them up and writes them down before anything is created with them. */
export function demoPeople(file: string): DemoPerson[] {
  if (existsSync(file)) return PeopleSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  const people = CAST.map((person) => ({ ...person, password: newPassword() }));
  writeFileSync(file, `${JSON.stringify(people, null, 2)}\n`, { mode: 0o600 });
  return people;
}

export function personWith(people: readonly DemoPerson[], role: string): DemoPerson {
  const person = people.find((candidate) => candidate.role === role);
  if (!person) throw new Error(`the demo has no ${role}; remove the home to make its people anew`);
  return person;
}

/** 75 bits in three groups that can be read aloud. */
function newPassword(): string {
  const letters = 'abcdefghjkmnpqrstuvwxyz23456789x';
  const text = [...randomBytes(15)].map((byte) => letters[byte % 32]).join('');
  return `${text.slice(0, 5)}-${text.slice(5, 10)}-${text.slice(10)}`;
}
