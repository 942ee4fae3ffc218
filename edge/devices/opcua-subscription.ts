/** Signals of one publishing interval, heard by one subscription. Every message of the server is taken as it comes, also those without a value. */
import {
  AttributeIds,
  type ClientSubscription,
  DataChangeNotification,
  type DataValue,
  type MonitoredItemCreateResult,
  MonitoringMode,
  type NodeId,
  type NotificationMessage,
  StatusCodes,
  TimestampsToReturn,
} from 'node-opcua';
import { inPortions, type OpcuaCalls } from './opcua-calls.ts';

export interface SubscribedSignal {
  name: string;
  nodeId: NodeId;
  samplingMs: number;
}

export interface SubscriptionSettings {
  publishingMs: number;
  /** After so much silence the server may forget the subscription. */
  lifetimeMs: number;
}

export interface SubscriptionListener {
  /** The value that holds when the watching begins is the first. */
  value(signal: string, dataValue: DataValue, isFirst: boolean): void;
  /** The values of a message have been told: what the machine sampled before this time by its clock is known. */
  published(machineMs: number | undefined): void;
  lost(reason: string): void;
}

export interface Subscription {
  /** As the server granted it. */
  readonly publishingMs: number;
  /** The longest time without a message. */
  readonly messageMs: number;
  /** As the server granted it for a signal; undefined when the signal is not watched. */
  samplingMs(signal: string): number | undefined;
  /** Watches the signals; one that is watched already is watched anew. Answers those that the server does not let us watch, with the reason. */
  add(signals: SubscribedSignal[]): Promise<Map<string, string>>;
  remove(signals: string[]): Promise<void>;
}

interface Item {
  handle: number;
  monitoredItemId: number;
  samplingMs: number;
}

/** Enough for the fastest signal between two publications, so that no change is lost in the server. */
const MIN_QUEUE = 10;
/** What a sampling interval of 0 can come to. */
const LEAST_SAMPLING_MS = 1;

export async function subscribe(
  calls: OpcuaCalls,
  { publishingMs, lifetimeMs }: SubscriptionSettings,
  listener: SubscriptionListener,
): Promise<Subscription> {
  const { session, limits } = calls;
  const subscription: ClientSubscription = await session.createSubscription2({
    requestedPublishingInterval: publishingMs,
    // A message in every interval, if need be an empty one: only its time tells that nothing has changed up to then.
    requestedMaxKeepAliveCount: 1,
    requestedLifetimeCount: Math.max(10, Math.ceil(lifetimeMs / publishingMs)),
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
    priority: 1,
  });
  const items = new Map<string, Item>();
  /** By the handle under which the server tells their values. */
  const names = new Map<number, string>();
  const unheard = new Set<number>();
  let newestHandle = 0;
  subscription.on('terminated', () => listener.lost('the subscription was ended'));
  subscription.on('status_changed', (status) => {
    if (status !== StatusCodes.GoodSubscriptionTransferred)
      listener.lost(`the subscription was ended (${status.name})`);
  });
  subscription.on('internal_error', (error) => listener.lost(error.message));
  // The library tells values one by one and after a promise; a message as a whole keeps their order and its time.
  subscription.on('raw_notification', take);

  return {
    publishingMs: subscription.publishingInterval,
    messageMs: subscription.publishingInterval * subscription.maxKeepAliveCount,
    samplingMs: (signal) => items.get(signal)?.samplingMs,
    async add(signals) {
      await remove(signals.map(({ name }) => name));
      const results = await inPortions(signals, limits.monitor, monitor);
      return new Map(results.flat());
    },
    remove,
  };

  /** The handles are ours, so that a value is known by its signal even when it comes before the answer. */
  async function monitor(signals: SubscribedSignal[]): Promise<[string, string][][]> {
    const asked = signals.map((signal) => ({ ...signal, handle: ++newestHandle }));
    for (const { handle, name } of asked) {
      names.set(handle, name);
      unheard.add(handle);
    }
    let results: MonitoredItemCreateResult[] = [];
    try {
      const answer = await session.createMonitoredItems({
        subscriptionId: subscription.subscriptionId,
        timestampsToReturn: TimestampsToReturn.Both,
        itemsToCreate: asked.map(({ nodeId, samplingMs, handle }) => ({
          itemToMonitor: { nodeId, attributeId: AttributeIds.Value },
          monitoringMode: MonitoringMode.Reporting,
          requestedParameters: {
            clientHandle: handle,
            samplingInterval: samplingMs,
            queueSize: Math.max(MIN_QUEUE, Math.ceil((4 * publishingMs) / Math.max(LEAST_SAMPLING_MS, samplingMs))),
            discardOldest: true,
          },
        })),
      });
      results = answer.results ?? [];
    } finally {
      for (const [index, { handle }] of asked.entries()) if (!results[index]?.statusCode.isGood()) forget(handle);
    }
    return asked.map(({ name, handle, samplingMs }, index): [string, string][] => {
      const result = results[index];
      if (!result?.statusCode.isGood()) return [[name, result?.statusCode.name ?? 'no answer']];
      const { monitoredItemId, revisedSamplingInterval = samplingMs } = result;
      items.set(name, { handle, monitoredItemId, samplingMs: revisedSamplingInterval });
      return [];
    });
  }

  async function remove(signals: string[]): Promise<void> {
    const gone = signals.flatMap((name) => items.get(name) ?? []);
    for (const name of signals) items.delete(name);
    // Whatever the server still tells of them is not heard.
    for (const { handle } of gone) forget(handle);
    await inPortions(gone, limits.monitor, async (portion) => {
      const monitoredItemIds = portion.map(({ monitoredItemId }) => monitoredItemId);
      await session.deleteMonitoredItems({ subscriptionId: subscription.subscriptionId, monitoredItemIds });
      return [];
    });
  }

  function forget(handle: number): void {
    names.delete(handle);
    unheard.delete(handle);
  }

  function take(message: NotificationMessage): void {
    for (const data of message.notificationData ?? []) {
      if (!(data instanceof DataChangeNotification)) continue;
      for (const { clientHandle, value } of data.monitoredItems ?? []) {
        const name = names.get(clientHandle);
        if (name !== undefined) listener.value(name, value, unheard.delete(clientHandle));
      }
    }
    listener.published(message.publishTime?.getTime());
  }
}
