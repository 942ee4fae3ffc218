/** Where a camera's images come from. */
import { z } from 'zod';
import { text, whole } from './fields.ts';

export const FolderSourceSchema = z.strictObject({
  kind: z.literal('folder', 'give "folder"'),
  path: text,
  /** Where files go that are no image; beside the folder unless said otherwise. */
  rejectedPath: text.optional(),
  ratePerS: z.number('give a number of parts per second').positive('give more than 0').max(1_000).optional(),
  /** Capture time of a file: its time of last change, or the moment it is taken. */
  capture: z.enum(['mtime', 'taken'], 'give "mtime" or "taken"').default('mtime'),
  pollMs: whole(20, 60_000).default(500),
  /** A file that cannot be read is tried again until it has not changed for this long. */
  settleMs: whole(50, 600_000).default(1_000),
  maxFileBytes: whole(1_000, 1_000_000_000).default(64_000_000),
  maxRejected: whole(1, 1_000_000).default(1_000),
});

export const HttpSourceSchema = z
  .strictObject({
    kind: z.literal('http', 'give "http"'),
    /** snapshot: one GET for each image; mjpeg: one GET that never ends (multipart/x-mixed-replace). */
    mode: z.enum(['snapshot', 'mjpeg'], 'give "snapshot" or "mjpeg"'),
    url: z
      .url({ protocol: /^https?$/, error: 'give the address of the camera, e.g. http://192.168.0.20/snapshot' })
      .refine((url) => new URL(url).username === '', 'leave name and password out of it and give them in auth'),
    /** Of snapshots; without it one is taken at each trigger of the station. */
    ratePerS: z.number('give a number of images per second').positive('give more than 0').max(1_000).optional(),
    /**
     * continuous: the frames of a stream come at an interval that hardly changes, so that a late one shows; triggered: they come
     * when the camera is triggered by other means, and only its time stamps say how old they are.
     */
    rhythm: z.enum(['continuous', 'triggered'], 'give "continuous" or "triggered"').default('continuous'),
    /**
     * Capture time of an image: as the camera's header says (seconds, milliseconds or ISO 8601), or its arrival. Date and other
     * times in whole seconds are uncertain by a second: too much to tie an image to its part where parts follow faster.
     */
    capture: z.enum(['arrival', 'x-timestamp', 'date'], 'give "arrival", "x-timestamp" or "date"').default('arrival'),
    /** From exposure to arrival, where the arrival counts; also how late a triggered snapshot may come, with the trigger's windowMs. */
    latencyMs: whole(0, 60_000).default(0),
    /** A header that is farther from the arrival is the camera's clock being wrong: the arrival counts. */
    maxSkewMs: whole(100, 86_400_000).default(10_000),
    /** A name and password (Basic), or a header of its own, e.g. Authorization with the value "Bearer …". */
    auth: z
      .union(
        [z.strictObject({ user: text, passwordFile: text }), z.strictObject({ header: text, valueFile: text })],
        'give user and passwordFile, or header and valueFile',
      )
      .optional(),
    /** Certificate (PEM) that signs the camera's, where that is not a public one. */
    caFile: text.optional(),
    /** A camera that gives nothing for this long is asked again. */
    timeoutMs: whole(50, 600_000).default(5_000),
    /** A snapshot, or one image of a stream, that is not complete after this long is given up, however steadily it drips. */
    deadlineMs: whole(50, 600_000).default(10_000),
    retryMinMs: whole(10, 60_000).default(250),
    retryMaxMs: whole(10, 600_000).default(10_000),
    maxImageBytes: whole(1_000, 1_000_000_000).default(64_000_000),
    /** Of one image of a stream. */
    maxHeaderBytes: whole(100, 1_000_000).default(16_384),
  })
  .refine(({ mode, rhythm }) => mode === 'mjpeg' || rhythm === 'continuous', {
    path: ['rhythm'],
    message: 'leave it out: only a stream (mode mjpeg) has a rhythm',
  })
  .refine(({ rhythm, capture }) => rhythm === 'continuous' || capture !== 'arrival', {
    path: ['capture'],
    message: 'give "x-timestamp": without the camera\'s time nobody knows how old an image is that comes in no rhythm',
  });

export const SourceSchema = z.discriminatedUnion(
  'kind',
  [FolderSourceSchema, HttpSourceSchema],
  'give a source with its kind, "folder" or "http"',
);

/** The same source with the paths that `absolute` gives. */
export function resolveSource(source: SourceConfig, absolute: (path: string) => string): SourceConfig {
  if (source.kind === 'folder') {
    const { path, rejectedPath } = source;
    return { ...source, path: absolute(path), ...(rejectedPath && { rejectedPath: absolute(rejectedPath) }) };
  }
  const { auth, caFile } = source;
  return {
    ...source,
    ...(auth && {
      auth:
        'header' in auth
          ? { ...auth, valueFile: absolute(auth.valueFile) }
          : { ...auth, passwordFile: absolute(auth.passwordFile) },
    }),
    ...(caFile && { caFile: absolute(caFile) }),
  };
}

export type FolderSourceConfig = z.infer<typeof FolderSourceSchema>;
export type HttpSourceConfig = z.infer<typeof HttpSourceSchema>;
export type SourceConfig = z.infer<typeof SourceSchema>;
