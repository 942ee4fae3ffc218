/** Films, cartons and labels. */
import { from, german, type TemplateClass } from './template.ts';

export const packagingTemplate: readonly TemplateClass[] = [
  {
    code: 'seal',
    name: 'Seal fault',
    definition:
      'The seal is open, narrower than the limit, burnt, or holds product or a wrinkle that crosses it. A wrinkle that ends inside the seal and leaves the least width is good.',
    severity: 'critical',
    limits: [{ quantity: 'remaining seal width', unit: 'mm', min: null, max: 3 }],
    translations: german(
      'Siegelfehler',
      'Die Siegelnaht ist offen, schmaler als die Grenze, verbrannt oder schließt Produkt oder eine querende Falte ein. Eine Falte, die in der Naht endet und die Mindestbreite lässt, ist gut.',
    ),
  },
  {
    code: 'fold',
    name: 'Fold fault',
    definition:
      'A flap, edge or film lies where it should not: folded over, torn at the crease, standing open, or creased across a face that the customer sees.',
    severity: 'major',
    limits: [from('gap of a flap', 'mm', 2), from('length of a crease', 'mm', 10)],
    translations: german(
      'Faltfehler',
      'Eine Lasche, Kante oder Folie liegt falsch: umgeschlagen, an der Rilllinie gerissen, abstehend oder mit einer Falte quer über eine Sichtseite.',
    ),
  },
  {
    code: 'label-skew',
    name: 'Label skew',
    definition:
      'The label is turned or shifted against its place, lifted at an edge, or missing. Measured at the edge of the label that is nearest to the reference edge of the pack.',
    severity: 'minor',
    limits: [from('rotation', '°', 2), from('offset', 'mm', 2)],
    translations: german(
      'Etikett schief',
      'Das Etikett ist gegen seinen Platz verdreht oder verschoben, an einer Kante abgehoben oder fehlt. Gemessen an der Etikettenkante, die der Bezugskante der Packung am nächsten liegt.',
    ),
  },
  {
    code: 'print',
    name: 'Print fault',
    definition:
      'Print is missing, smeared, doubled, off colour or cannot be read. Batch, expiry date and code count at any fault that makes a character doubtful; decoration from the limit on.',
    severity: 'major',
    limits: [from('area of a fault in the decoration', 'mm²', 1), from('register error', 'mm', 0.3)],
    translations: german(
      'Druckfehler',
      'Druck fehlt, ist verschmiert, doppelt, farbfalsch oder nicht lesbar. Bei Charge, Verfallsdatum und Code zählt jeder Fehler, der ein Zeichen zweifelhaft macht; beim Dekor ab der Grenze.',
    ),
  },
];
