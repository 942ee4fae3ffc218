/** Whether a camera runs the model version that it is meant to run. Pure. */

interface Assignment {
  modelVersion: { id: string; number: number; model: { name: string } };
}

export interface RunningModel {
  kind: 'none' | 'running' | 'waiting';
  /** Empty when there is none. */
  version: string;
}

/** `running` is what the node says; a version that it has not taken up yet is waited for. */
export function runningModel(assigned: Assignment | null | undefined, running: string | null): RunningModel {
  if (!assigned) return { kind: 'none', version: '' };
  const { id, number, model } = assigned.modelVersion;
  return { kind: id === running ? 'running' : 'waiting', version: `${model.name} ${number}` };
}
