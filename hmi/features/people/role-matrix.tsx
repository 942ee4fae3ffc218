import '../../ui/data-table.css';
import { For } from 'solid-js';
import { words } from '../../lib/language.ts';
import { Check } from '../../ui/check.tsx';
import { personRoles, type RoleChoice, toggleRole } from './role-choice.ts';

interface RoleMatrixProps {
  plants: readonly { id: string; name: string }[];
  choice: RoleChoice;
  onChange: (choice: RoleChoice) => void;
  disabled?: boolean;
}

/** A row for each role, a column for each plant: what the person may do where. */
export function RoleMatrix(props: RoleMatrixProps) {
  const nameOf = (role: (typeof personRoles)[number]) => words().roles[role.toLowerCase() as keyof typeof roleWords];
  const roleWords = words().roles;
  return (
    <div class="role-matrix">
      <table class="data-table">
        <thead>
          <tr>
            <th>{words().people.role}</th>
            <For each={props.plants}>{(plant) => <th>{plant.name}</th>}</For>
          </tr>
        </thead>
        <tbody>
          <For each={personRoles}>
            {(role) => (
              <tr>
                <td>
                  {nameOf(role)}
                  <p class="hint">{words().people.roleMeans[role]}</p>
                </td>
                <For each={props.plants}>
                  {(plant) => (
                    <td>
                      <Check
                        label={words().people.roleIn(nameOf(role), plant.name)}
                        isLabelHidden
                        disabled={props.disabled ?? false}
                        checked={props.choice[plant.id]?.includes(role) ?? false}
                        onChange={() => props.onChange(toggleRole(props.choice, plant.id, role))}
                      />
                    </td>
                  )}
                </For>
              </tr>
            )}
          </For>
        </tbody>
      </table>
    </div>
  );
}
