/** Mistakes in a good configuration that show only at the machine, the camera or the disk. */
import type { PlantedMistake } from './planted-mistakes.ts';

export const FOUND: PlantedMistake[] = [
  [
    'a gate without a mode',
    [['      mode: active\n', '']],
    'distanceMm',
    /^wrong .*gate\.mode is missing; give active, dry-run or off/,
  ],
  [
    'kind edge on a counter',
    [['kind: counter\n', 'kind: edge\n']],
    'signal: counter',
    /^wrong .*trigger\.signal is "counter"; its type at the machine is UInt32, kind edge needs a Boolean: map one, or/,
  ],
  [
    'kind counter on a Boolean',
    [['T:Machine/T:Counter', 'T:Machine/T:Flag']],
    'signal: counter',
    /^wrong .*trigger\.signal .* its type at the machine is Boolean, kind counter needs a whole number: map an integer/,
  ],
  [
    'a confirmation counted on a String',
    [['T:Machine/T:Confirm', 'T:Machine/T:Name']],
    'signal: confirm',
    /^wrong .*gate\.confirm\.signal .* its type at the machine is String, kind counter needs a whole number: map/,
  ],
  [
    'a counter with a fraction',
    [['T:Machine/T:Counter', 'T:Machine/T:CounterFraction']],
    'signal: counter',
    /^wrong .*trigger\.signal .* its value is 7\.5, and the kind counter needs a whole number: map a signal/,
  ],
  [
    'a counter that begins again too soon',
    [['T:Machine/T:Counter', 'T:Machine/T:CounterByte']],
    'signal: counter',
    /^note .*trigger\.signal .* it begins again at 256, at most 46 s apart: .* a UInt32 lasts/,
  ],
  [
    'a modulus that the type does not have',
    [
      ['T:Machine/T:Counter', 'T:Machine/T:CounterByte'],
      ['windowMs: 50', 'modulus: 65536'],
    ],
    'signal: counter',
    /^wrong .*trigger\.signal .* its type at the machine is Byte, which begins again at 256 .* give at most 256/,
  ],
  [
    'an enable signal that is a number',
    [['T:Machine/T:Enabled', 'T:Machine/T:EnabledNumber']],
    'enabledSignal',
    /^wrong .*gate\.enabledSignal .* its type at the machine is UInt16, it has to be true or false: map a Boolean/,
  ],
  [
    'a temperature that is a text',
    [['T:Machine/T:Temperature', 'T:Machine/T:TemperatureText']],
    'temperatureC',
    /^wrong .*machines\[0\]\.signals\.temperatureC .* its value "21,5 °C" is no number from -1e\+30 to 1e\+30; map another node/,
  ],
  [
    'a temperature in °F',
    [['unit: °C', 'unit: °F']],
    'temperatureC',
    /^wrong .*machines\[0\]\.signals\.temperatureC .* the unit °F is not °C: map a value in °C/,
  ],
  [
    'an encoder in metres, by the unit of the server',
    [['T:Machine/T:Encoder', 'T:Machine/T:EncoderMetres']],
    'encoderSignal',
    /^wrong .*gate\.encoderSignal .* the unit m is 1000 mm, gate\.mmPerUnit is 1: give mmPerUnit: 1000/,
  ],
  [
    'a speed of the belt where parts per minute are meant, by the unit of the server',
    [
      ['T:Machine/T:Encoder', 'T:Machine/T:BeltSpeed'],
      ['encoderSignal', 'speedSignal'],
    ],
    'speedSignal',
    /^wrong .*gate\.speedSignal .* the unit mm\/s is not parts per minute: map/,
  ],
  [
    'parts per hour where parts per minute are meant, by the value',
    [
      ['T:Machine/T:Encoder', 'T:Machine/T:SpeedPerHour'],
      ['encoderSignal', 'speedSignal'],
    ],
    'speedSignal',
    /^wrong .*gate\.speedSignal .* it says 18000 now; .* that is 37800 mm\/s, .*: map parts per minute \(not per hour\)/,
  ],
  [
    'a speed in a unit that nobody knows',
    [
      ['T:Machine/T:Encoder', 'T:Machine/T:SpeedUnknown'],
      ['encoderSignal', 'speedSignal'],
    ],
    'speedSignal',
    /^note .*gate\.speedSignal .* the unit Takte is not known to be parts per minute: map/,
  ],
  [
    'a belt that is faster than it can be',
    [['T:Machine/T:Encoder', 'T:Machine/T:MovingEncoder']],
    'encoderSignal',
    /^wrong .*gate\.encoderSignal .* it moves at \d+ mm\/s now, maxSpeedMmPerS is 700: correct maxSpeedMmPerS/,
  ],
  [
    'an encoder that is sampled more rarely than the gate is told',
    [['T:Machine/T:Encoder', 'T:Machine/T:SlowEncoder']],
    'encoderUpdateMs',
    /^wrong .*gate\.encoderUpdateMs is 50; the server samples the encoder every 250 ms, .*: give at least 250/,
  ],
  [
    'a command that may not be written',
    [['T:Machine/T:Command', 'T:Machine/T:Locked']],
    'commandSignal',
    /^wrong .*gate\.commandSignal is "command"; this user may not write it: give it the right at the machine/,
  ],
  [
    'a command that is a number',
    [['T:Machine/T:Command', 'T:Machine/T:CommandNumber']],
    'commandSignal',
    /^wrong .*gate\.commandSignal .* its type at the machine is UInt16, it has to be true or false: map a Boolean/,
  ],
  [
    'a deadline that does not fit into its type',
    [
      ['      stop: {', '      deadline: { path: /Objects/T:Machine/T:Deadline }\n      stop: {'],
      ['pulseMs: 30', 'deadlineSignal: deadline'],
    ],
    'deadlineSignal',
    /^wrong .*gate\.deadlineSignal .* UInt32, milliseconds since 1970 are written into it, which only a Double holds/,
  ],
  [
    'two roles on one node that are written in two ways',
    [['{ path: /Objects/T:Machine/T:Stop }', '{ nodeId: T:s=Command }']],
    'lineStopSignal',
    /^wrong .*gate\.lineStopSignal is "stop"; give each role a node of its own: gate\.commandSignal \(command\) is the/,
  ],
  [
    'a path that leads nowhere',
    [['T:Machine/T:State', 'T:Machine/T:Status']],
    'machineState',
    /^wrong .*machines\[0\]\.signals\.machineState .* no node at its path: correct its path or node id/,
  ],
  [
    'a signal whose stamps are of another time zone',
    [['      stop: {', '      batchCode: { path: /Objects/T:Machine/T:Ahead }\n      stop: {']],
    'batchCode',
    /^wrong .*machines\[0\]\.signals\.batchCode .* its source stamps are 3\d\d\d s ahead of the machine's clock: have/,
  ],
  [
    'a machine that is not there',
    [['MACHINE', 'opc.tcp://127.0.0.1:1']],
    'endpoint',
    /^wrong .*machines\[0\]\.endpoint is "opc\.tcp:\/\/127\.0\.0\.1:1"; /,
  ],
  [
    'a camera that gives no image',
    [['/live', '/nothing']],
    'latencyMs',
    /^wrong .*cameras\[0\]\.source\.url is ".*\/nothing"; no image within \d+ ms: .*404.* Check address/,
  ],
  [
    'a camera that is frozen',
    [['/live', '/frozen']],
    'latencyMs',
    /^wrong .*cameras\[0\]\.source\.url is ".*\/frozen"; the camera gives the same image again; start it again/,
  ],
  [
    'a camera of changing size',
    [['/live', '/changing']],
    'latencyMs',
    /^wrong .*source\.url is ".*\/changing"; it gives images of \d+ × 48 px and of \d+ × 48 px: set one resolution/,
  ],
  [
    'a home that cannot be written',
    [['home: home', 'home: /proc/lehr']],
    'home',
    /^wrong .*: home is "\/proc\/lehr"; \/proc cannot be written by this user \(\w+\): give it the right/,
  ],
  [
    'a camera long before its trigger',
    [['offsetMs: 20', 'offsetMs: -60000']],
    'offsetMs',
    /^note .*trigger\.offsetMs is -60000; the image is expected 60 s before the trigger/,
  ],
  [
    'more parts on the way than are followed',
    [['windowMs: 50', 'maxInTransit: 9']],
    'maxInTransit',
    /^note .*trigger\.maxInTransit is 9; up to 10 parts fit between trigger and gate/,
  ],
];
