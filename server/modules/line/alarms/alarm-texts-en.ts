/** The texts of alarms in English. */
import type { AlarmTexts } from './alarm-definitions.ts';

export const englishAlarmTexts: AlarmTexts = {
  GATE_NOT_CONFIRMED: {
    title: 'Gate did not confirm',
    cause:
      'A part to be rejected was commanded out, and the machine did not confirm within the window: the ejector, its air or valve, or the drop sensor.',
    consequence: 'A defective part may have left the line.',
    action:
      'Hold back the parts since the time shown, check ejector and drop sensor, then acknowledge. It returns with the next confirmed rejection.',
  },
  GATE_UNEXPECTED_EJECTION: {
    title: 'Part ejected without a command',
    cause:
      'The machine reported an ejection that nobody had commanded: the gate moved by hand or by itself, or the sensor is wrong.',
    consequence: 'Good parts may be lost, and counts of rejects are too high.',
    action: 'Check the gate and its sensor. Look at the parts in the reject bin.',
  },
  LATE_VERDICTS: {
    title: 'Verdicts come too late',
    cause:
      'The verdict came after the part had passed its deadline: the node is overloaded or the line is faster than planned.',
    consequence: 'Late parts were treated as the recipe says: rejected, or passed and flagged.',
    action: 'Slow the line down, or look at the load of the edge node. Tell the ML engineer if it comes again.',
  },
  NODE_UNREACHABLE: {
    title: 'Edge node does not answer',
    cause: 'The server has heard nothing from the node: it is off, or the network between them is down.',
    consequence: 'The screens do not show what its cameras see. The node goes on inspecting by itself if it runs.',
    action: 'Check that the node has power and network. Results arrive later from its outbox.',
  },
  MACHINE_CONNECTION_LOST: {
    title: 'Connection to the machine lost',
    cause:
      'The edge node has no OPC UA session with the machine: its controller is off, was restarted, or refuses the certificate.',
    consequence: 'State, recipe and speed are not known, and the gate cannot be driven.',
    action: 'Check the controller and the cable. If the message names a certificate, call the controls engineer.',
  },
  OUTBOX_FILLING: {
    title: 'Outbox of the node fills up',
    cause: 'Results or images wait on the node: the server is out of reach for long, or the network is too slow.',
    consequence: 'When it is full, images are given up first and results last.',
    action: 'Restore the network to the server. Nothing is lost yet.',
  },
  DEAD_LETTERS: {
    title: 'Results were refused',
    cause: 'The server refused results or images of the node for what they contain.',
    consequence: 'They are missing in counts and quality reports until they are sent again.',
    action: 'Look at the reasons on the fleet screen, correct the set-up, then have them sent again.',
  },
  REJECT_RATE_OUT_OF_LIMITS: {
    title: 'Reject rate above its limit',
    cause: 'More parts are rejected than the line’s own history of this product explains.',
    consequence: 'Either the process makes more defects, or the inspection sees defects that are none.',
    action:
      'Look at the last rejects: if they are defective, check the process; if not, check lighting, lens and position, and report them as wrong.',
  },
  IMAGE_STATISTICS_OUT_OF_BAND: {
    title: 'Images differ from the recipe',
    cause:
      'Brightness, contrast, colour or sharpness lies outside the band of the recipe: lamp, lens, dust, or another material.',
    consequence: 'The model sees what it was not taught; its verdicts are less reliable.',
    action: 'Clean the lens, check the lamp and the focus. Tell the quality engineer if the material has changed.',
  },
  GATE_DISABLED: {
    title: 'Gate is switched off',
    cause: 'The gate was disabled at the machine.',
    consequence: 'Defective parts are not ejected.',
    action: 'Switch the gate on, or hold back what is produced meanwhile.',
  },
  TRACKING_LOST: {
    title: 'Parts are no longer tracked',
    cause: 'The encoder or trigger signal does not fit the parts: it slipped, stopped, or is of bad quality.',
    consequence: 'Until tracking is found again the gate treats parts as the recipe says, and may reject good ones.',
    action: 'Check encoder and trigger sensor. The line may have to be emptied.',
  },
  CLOCK_STEPPED: {
    title: 'A clock was changed',
    cause:
      'The clock of the edge node or of a machine was moved by more than it may: time service, or by hand. The alarm says whose.',
    consequence: 'Times of results around the step are uncertain.',
    action: 'Check the time service of the node or the machine.',
  },
  PARTS_UNSEEN: {
    title: 'Parts passed without an image',
    cause: 'Parts were triggered for which no image came: camera, cable or light failed, or the node was restarted.',
    consequence: 'Those parts were not inspected; the recipe says whether they were rejected.',
    action: 'Check the camera. Hold back the parts of the time shown if they were not rejected.',
  },
  REJECT_UNTIED: {
    title: 'Rejected image without its part',
    cause:
      'The model rejected an image that came too late, or whose time fits no trigger: the camera or the network was slow, or the trigger is missing.',
    consequence: 'The defective part was not ejected on this verdict and may have left the line.',
    action:
      'Hold back the parts around the time shown. Check camera, network and trigger; the dry-run report names the windows that fit.',
  },
  COUNTER_RESTARTED: {
    title: 'A counter of the machine began again',
    cause:
      'The counter went back further than a correction, or jumped: the controller was restarted, or a person set it.',
    consequence: 'How many parts came in between is not sure; they were not inspected.',
    action: 'Compare the counts of the job with the machine. Hold back the parts around the time shown.',
  },
  GATE_PROBLEM: {
    title: 'Gate reports a problem',
    cause: 'The gate cannot work as it is set up; the words of its edge node are shown with the alarm.',
    consequence: 'Defective parts may pass, or the gate only runs dry.',
    action: 'Follow what the message says. Hold back what is produced meanwhile.',
  },
  CAMERA_PROBLEM: {
    title: 'Camera reports a problem',
    cause:
      'Camera, set-up or model keep images from being judged; the words of its edge node are shown with the alarm.',
    consequence: 'Parts before this camera are not inspected; the recipe says what happens to them.',
    action: 'Follow what the message says: look at camera, cable, light and the assigned model.',
  },
  MACHINE_PROBLEM: {
    title: 'Machine does not give its signals',
    cause: 'The machine is connected, but mapped signals are missing, bad, or come too slowly; the message names them.',
    consequence: 'Context of results is missing, and what depends on the signals does not work.',
    action: 'Call the controls engineer with the names in the message.',
  },
  NODE_PROBLEM: {
    title: 'Edge node reports a problem',
    cause: 'The node says itself that something keeps it from working; its words are shown with the alarm.',
    consequence: 'Part of the inspection may stand still.',
    action: 'Follow what the message says.',
  },
};
