/** A good configuration, and mistakes that the configuration's reader finds in it without asking anybody. */
import { TEST_URI } from './opcua-server.ts';

/** `SERVER`, `CAMERA` and `MACHINE` stand for addresses. */
export const GOOD = `node: edge-1
home: home
server: { url: 'SERVER', token: lehr_test }
trust: { modelSigningKeys: [MCowBQYDK2VwAyEA] }
machines:
  - line: line-1
    endpoint: MACHINE
    namespaces: { T: '${TEST_URI}', U: '${TEST_URI}' }
    signals:
      machineState: { path: /Objects/T:Machine/T:State }
      temperatureC: { path: /Objects/T:Machine/T:Temperature, unit: °C }
      encoder: { path: /Objects/T:Machine/T:Encoder, fast: true }
      counter: { path: /Objects/T:Machine/T:Counter, fast: true }
      confirm: { path: /Objects/T:Machine/T:Confirm, fast: true }
      enabled: { path: /Objects/T:Machine/T:Enabled, fast: true }
      command: { path: /Objects/T:Machine/T:Command }
      stop: { path: /Objects/T:Machine/T:Stop }
stations:
  - station: station-1
    line: line-1
    cameras:
      - camera: camera-1
        source: { kind: http, mode: snapshot, url: 'CAMERA/live', latencyMs: 50 }
    trigger:
      signal: counter
      kind: counter
      windowMs: 50
      offsetMs: 20
    gate:
      mode: active
      distanceMm: 1200
      toleranceMm: 30
      partPitchMm: 126
      maxSpeedMmPerS: 700
      encoderSignal: encoder
      encoderUpdateMs: 50
      leadMs: 20
      pulseMs: 30
      commandSignal: command
      lineStopSignal: stop
      enabledSignal: enabled
      confirm: { signal: confirm, kind: counter, windowMs: 150 }
`;
export const SECOND_STATION = `  - station: station-2
    line: line-1
    cameras: [{ camera: camera-2, source: { kind: folder, path: spool-2 } }]
    trigger: { signal: counter, kind: counter }
    gate:
      mode: active
      distanceMm: 2400
      toleranceMm: 30
      partPitchMm: 126
      maxSpeedMmPerS: 700
      encoderSignal: encoder
      leadMs: 20
      commandSignal: command2
      confirm: { signal: confirm2, kind: counter, windowMs: 150 }
`;
export const SECOND_SIGNALS = `      command2: { path: /Objects/T:Machine/T:Locked }
      confirm2: { path: /Objects/T:Machine/T:CounterByte, fast: true }
stations:
`;

/** What was changed, the text that stands in the line that is named, and what is said. */
export type PlantedMistake = [string, [string, string][], string, RegExp];

/** Refused at once, so that no node starts with it. */
export const REFUSED: PlantedMistake[] = [
  [
    'a distance in metres',
    [['distanceMm: 1200', 'distanceMm: 1.2']],
    'distanceMm',
    /gate\.distanceMm is 1\.2; give millimetres, more than toleranceMm \(30\): as metres it would be 1200/,
  ],
  [
    'a speed in metres per second',
    [['maxSpeedMmPerS: 700', 'maxSpeedMmPerS: 0.6']],
    'maxSpeedMmPerS',
    /gate\.maxSpeedMmPerS is 0\.6; give millimetres per second, at least 5: .* \(600 mm\/s\)/,
  ],
  [
    'a lead that is longer than the way',
    [['leadMs: 20', 'leadMs: 1715']],
    'leadMs',
    /gate\.leadMs is 1715; give less: a part takes 1714 ms from trigger to gate/,
  ],
  [
    'an offset of a minute',
    [['offsetMs: 20', 'offsetMs: 60000']],
    'offsetMs',
    /trigger\.offsetMs is 60000; give less than 1694: a part takes 1714 ms/,
  ],
  [
    'a latency that leaves no time',
    [['latencyMs: 50', 'latencyMs: 1680']],
    'latencyMs',
    /cameras\[0\]\.source\.latencyMs is 1680; give less than 1674: a part takes 1714 ms/,
  ],
  [
    'the encoder as counter',
    [['signal: counter', 'signal: encoder']],
    'encoderSignal',
    /gate\.encoderSignal is "encoder"; give each role a signal of its own: trigger\.signal is encoder too/,
  ],
  [
    'the command as line stop',
    [['lineStopSignal: stop', 'lineStopSignal: command']],
    'lineStopSignal',
    /gate\.lineStopSignal is "command"; give each role a signal of its own: gate\.commandSignal is/,
  ],
  [
    'the command as its own confirmation',
    [['signal: confirm,', 'signal: command,']],
    'signal: command',
    /gate\.confirm\.signal is "command"; give each role a signal of its own: gate\.commandSignal is command too/,
  ],
  [
    'two names for one path',
    [['/Objects/T:Machine/T:Confirm,', '/Objects/U:Machine/T:Command,']],
    'signal: confirm',
    /gate\.confirm\.signal is "confirm"; give each role a node of its own: gate\.commandSignal \(command\) leads to the same/,
  ],
  [
    'two names for one node id',
    [
      ['{ path: /Objects/T:Machine/T:Stop }', `{ nodeId: 'nsu=${TEST_URI};s=Command' }`],
      ['{ path: /Objects/T:Machine/T:Command }', '{ nodeId: T:s=Command }'],
    ],
    'lineStopSignal',
    /gate\.lineStopSignal is "stop"; give each role a node of its own: gate\.commandSignal \(command\) leads to/,
  ],
  [
    'a trigger that is not fast',
    [['T:Counter, fast: true', 'T:Counter']],
    'signal: counter',
    /trigger\.signal is "counter"; give this signal of the machine fast: true/,
  ],
  [
    'an encoder that is not fast',
    [['T:Encoder, fast: true', 'T:Encoder']],
    'encoderSignal',
    /gate\.encoderSignal is "encoder"; give this signal of the machine fast: true/,
  ],
  [
    'a window wider than half the time between parts',
    [['windowMs: 50', 'windowMs: 91']],
    'windowMs: 91',
    /trigger\.windowMs is 91; give at most half the time between two parts, 90 of the 180 ms/,
  ],
  [
    'a tolerance of half the pitch',
    [['toleranceMm: 30', 'toleranceMm: 63']],
    'toleranceMm',
    /gate\.toleranceMm is 63; give less than half of partPitchMm/,
  ],
  [
    'a pulse longer than the pitch',
    [['pulseMs: 30', 'pulseMs: 181']],
    'pulseMs',
    /gate\.pulseMs is 181; give less than the time between two parts/,
  ],
  [
    'a debounce that swallows parts',
    [['offsetMs: 20', 'offsetMs: 20\n      debounceMs: 180']],
    'debounceMs',
    /trigger\.debounceMs is 180; give less than the 180 ms between two parts/,
  ],
  [
    'a gap of the encoder that is shorter than its update',
    [['encoderUpdateMs: 50', 'encoderUpdateMs: 50\n      encoderGapMs: 40']],
    'encoderGapMs',
    /gate\.encoderGapMs is 40; give at least encoderUpdateMs \(50\)/,
  ],
  [
    'the unit m where it is mm',
    [['T:Encoder, fast', 'T:Encoder, unit: m, fast']],
    'encoderSignal',
    /gate\.encoderSignal is "encoder"; the unit m is 1000 mm, gate\.mmPerUnit is 1: give mmPerUnit: 1000/,
  ],
  [
    'a speed as encoder, by its unit',
    [['T:Encoder, fast', 'T:Encoder, unit: mm/s, fast']],
    'encoderSignal',
    /gate\.encoderSignal is "encoder"; the unit mm\/s is that of a speed: map the position/,
  ],
  [
    'a speed in metres per second, by its unit',
    [
      ['T:Encoder, fast', 'T:Speed, unit: m/s, fast'],
      ['encoderSignal', 'speedSignal'],
    ],
    'speedSignal',
    /gate\.speedSignal is "encoder"; the unit m\/s is not parts per minute: map a signal with parts per minute/,
  ],
  [
    'two stations on one command',
    [['stations:\n', SECOND_SIGNALS.replace('T:Locked', 'T:Command') + SECOND_STATION]],
    'commandSignal: command\n',
    /gate\.commandSignal is "command"; give each station a signal of its own: station line-1\/station-2 has this one too/,
  ],
  [
    'two cameras on one address',
    [
      [
        '      - camera: camera-1\n',
        "      - { camera: camera-2, source: { kind: http, mode: snapshot, url: 'CAMERA/live' } }\n      - camera: camera-1\n",
      ],
    ],
    'latencyMs: 50',
    /cameras\[1\]\.source\.url is "http.*\/live"; give each camera an address of its own: line-1\/station-1\/camera-2/,
  ],
  [
    'times of capture in whole seconds',
    [["url: 'CAMERA/live', latencyMs: 50", "url: 'CAMERA/live', ratePerS: 5, capture: date"]],
    'capture: date',
    /source\.capture is "date"; give "x-timestamp" or "arrival": a time in whole seconds is too rough/,
  ],
];
