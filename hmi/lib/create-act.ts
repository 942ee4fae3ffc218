/** One thing that a person asks the server to do: waits for its word, and keeps why it was refused. */
import { useClient } from '@urql/solid';
import type { TadaDocumentNode } from 'gql.tada';
import { createSignal } from 'solid-js';
import { words } from './language.ts';
import { failureOf, type Refusal, refusalIn } from './refusal.ts';

/** The members of a mutation's union that say that it was done. */
type Done<Data> = Exclude<Data[keyof Data], { __typename: `${string}Error` }>;

export type Act = ReturnType<typeof createAct>;

export function createAct() {
  const client = useClient();
  const [isWaiting, setWaiting] = createSignal(false);
  const [refusal, setRefusal] = createSignal<Refusal>();

  /** What was done; undefined when it was not, and `refusal` says why. The mutation has one field. */
  async function send<Data extends object, Variables extends Record<string, unknown>>(
    document: TadaDocumentNode<Data, Variables>,
    variables: Variables,
  ): Promise<Done<Data> | undefined> {
    setWaiting(true);
    setRefusal(undefined);
    const result = await client.mutation(document, variables).toPromise();
    setWaiting(false);
    const [answer] = Object.values(result.data ?? {}) as Data[keyof Data][];
    if (answer === undefined) {
      const text = failureOf(result, words().act.noAnswer) ?? words().act.noAnswer;
      setRefusal({ field: undefined, text });
      return undefined;
    }
    const refused = refusalIn(answer);
    setRefusal(refused);
    return refused ? undefined : (answer as Done<Data>);
  }

  return {
    isWaiting,
    refusal,
    refuse: (text: string, field?: string) => setRefusal({ field, text }),
    clear: () => setRefusal(undefined),
    /** For the field with this name. */
    refusalAt: (field: string) => (refusal()?.field === field ? refusal()?.text : undefined),
    /** What belongs to none of the fields that are shown. */
    refusalBeside: (fields: readonly string[]) => {
      const present = refusal();
      return present && !fields.includes(present.field ?? '') ? present.text : undefined;
    },
    send,
  };
}
