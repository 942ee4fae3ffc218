/** Which station commands which node of which server, or is confirmed by it: two of them would take each other's parts. */

export interface NodeOwners {
  /** Answers the station that has the node already, when it is another. */
  take(endpoint: string, node: string, station: string): string | undefined;
}

export function createNodeOwners(): NodeOwners {
  const owners = new Map<string, string>();
  return {
    take(endpoint, node, station) {
      const key = `${endpoint} ${node}`;
      const owner = owners.get(key);
      if (owner === undefined) owners.set(key, station);
      return owner === station ? undefined : owner;
    },
  };
}
