/** A machine that announces parts over OPC UA and notes when the command for each arrives; both by the clock of this process. */
import { setTimeout as sleep } from 'node:timers/promises';
import { DataType, StatusCodes, Variant } from 'node-opcua';
import { startOpcuaServer, type TestServer } from '../../edge/kit/opcua-server.ts';
import { serveParent } from '../kit/serve-parent.ts';

let server: TestServer | undefined;
let announce: (count: number) => void = () => {};
let counter = 0;
let commanded = Promise.withResolvers<number>();

serveParent(
  {
    async open(pki: string): Promise<string> {
      server = await startOpcuaServer({
        pki,
        addNodes(namespace, folder) {
          const trigger = namespace.addVariable({
            browseName: 'PartCounter',
            componentOf: folder,
            dataType: DataType.UInt32,
            value: new Variant({ dataType: DataType.UInt32, value: 0 }),
          });
          announce = (value) => trigger.setValueFromSource({ dataType: DataType.UInt32, value });
          const fast = namespace.addVariable({
            browseName: 'EncoderPosition',
            componentOf: folder,
            dataType: DataType.Double,
            value: new Variant({ dataType: DataType.Double, value: 0 }),
          });
          let position = 0;
          setInterval(() => {
            position += 5;
            fast.setValueFromSource({ dataType: DataType.Double, value: position });
          }, 20).unref();
          namespace.addVariable({
            browseName: 'GateCommand',
            componentOf: folder,
            dataType: DataType.Boolean,
            minimumSamplingInterval: 10,
            value: {
              get: () => new Variant({ dataType: DataType.Boolean, value: false }),
              set: () => {
                commanded.resolve(performance.now());
                return StatusCodes.Good;
              },
            },
          });
        },
      });
      return server.endpoint;
    },
    /** Milliseconds from each trigger to its command. */
    async measure({ parts, pauseMs }: { parts: number; pauseMs: number }): Promise<number[]> {
      const delays: number[] = [];
      for (let part = 0; part < parts; part++) {
        commanded = Promise.withResolvers();
        const triggeredAt = performance.now();
        announce(++counter);
        delays.push((await commanded.promise) - triggeredAt);
        // Not in step with the publishing interval.
        await sleep(pauseMs * (0.5 + Math.random()));
      }
      return delays;
    },
  },
  async () => server?.stop(),
);
