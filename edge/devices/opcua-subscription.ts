/** Signals of one publishing interval, heard by one subscription. Every message of the server is taken as it comes, also those without a value. */
import {
  AttributeIds,
  ClientMonitoredItemGroup,
  type ClientSession,
  DataChangeNotification,
  type DataValue,
  type NodeId,
  type NotificationMessage,
  TimestampsToReturn,
} from 'node-opcua';

export interface SubscribedSignal {
  name: string;
  nodeId: NodeId;
}

export interface SubscriptionSettings {
  publishingMs: number;
  samplingMs: number;
  /** After so much silence the server may forget the subscription. */
  lifetimeMs: number;
}

export interface SubscriptionListener {
  value(signal: string, dataValue: DataValue): void;
  /** The values of a message have been told: what the machine sampled before this time by its clock is known. */
  published(machineMs: number | undefined): void;
  lost(reason: string): void;
}

export interface Subscription {
  /** As the server granted it: the longest of its signals. */
  readonly samplingMs: number;
  readonly publishingMs: number;
  /** The longest time without a message. */
  readonly messageMs: number;
  /** Resolves when each of the signals has given its present value; answers those that the server does not let us watch, with the reason. */
  add(signals: SubscribedSignal[]): Promise<Map<string, string>>;
}

/** Enough for the fastest signal between two publications, so that no change is lost in the server. */
const MIN_QUEUE = 10;
/** What a sampling interval of 0 can come to. */
const LEAST_SAMPLING_MS = 1;

export async function subscribe(
  session: ClientSession,
  { publishingMs, samplingMs, lifetimeMs }: SubscriptionSettings,
  listener: SubscriptionListener,
): Promise<Subscription> {
  const subscription = await session.createSubscription2({
    requestedPublishingInterval: publishingMs,
    // A message in every interval, if need be an empty one: only its time tells that nothing has changed up to then.
    requestedMaxKeepAliveCount: 1,
    requestedLifetimeCount: Math.max(10, Math.ceil(lifetimeMs / publishingMs)),
    maxNotificationsPerPublish: 0,
    publishingEnabled: true,
    priority: 1,
  });
  const names = new Map<number, string>();
  /** Told by the server before it has told us which signal they belong to. */
  let early: NotificationMessage[] | undefined;
  const waiting = new Map<string, () => void>();
  let grantedMs = 0;
  subscription.on('terminated', () => listener.lost('the subscription was ended'));
  subscription.on('internal_error', (error) => listener.lost(error.message));
  // The library tells values one by one and after a promise; a message as a whole keeps their order and its time.
  subscription.on('raw_notification', (message: NotificationMessage) => {
    if (early) early.push(message);
    else take(message);
  });

  return {
    get samplingMs() {
      return grantedMs;
    },
    publishingMs: subscription.publishingInterval,
    messageMs: subscription.publishingInterval * subscription.maxKeepAliveCount,
    async add(signals) {
      const refused = new Map<string, string>();
      if (signals.length === 0) return refused;
      early ??= [];
      const items = await monitor(signals);
      const heard = signals.map(({ name }, index) => {
        const item = items[index];
        if (!item?.statusCode.isGood()) {
          refused.set(name, item?.statusCode.name ?? 'no answer');
          return undefined;
        }
        names.set(item.monitoringParameters.clientHandle, name);
        grantedMs = Math.max(grantedMs, item.result?.revisedSamplingInterval ?? samplingMs);
        return new Promise<void>((resolve) => waiting.set(name, resolve));
      });
      const messages = early;
      early = undefined;
      for (const message of messages) take(message);
      await Promise.all(heard);
      return refused;
    },
  };

  async function monitor(signals: SubscribedSignal[]) {
    const group = ClientMonitoredItemGroup.create(
      subscription,
      signals.map(({ nodeId }) => ({ nodeId, attributeId: AttributeIds.Value })),
      {
        samplingInterval: samplingMs,
        queueSize: Math.max(MIN_QUEUE, Math.ceil((4 * publishingMs) / Math.max(LEAST_SAMPLING_MS, samplingMs))),
        discardOldest: true,
      },
      TimestampsToReturn.Both,
    );
    await new Promise<void>((resolve, reject) => {
      group.on('initialized', resolve);
      group.on('err', (message) => reject(new Error(message)));
    });
    return group.monitoredItems;
  }

  function take(message: NotificationMessage): void {
    for (const data of message.notificationData ?? []) {
      if (!(data instanceof DataChangeNotification)) continue;
      for (const { clientHandle, value } of data.monitoredItems ?? []) {
        const name = names.get(clientHandle);
        if (name === undefined) continue;
        listener.value(name, value);
        waiting.get(name)?.();
        waiting.delete(name);
      }
    }
    listener.published(message.publishTime?.getTime());
  }
}
