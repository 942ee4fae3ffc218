/** Container and hollow glass. */
import { from, german, type TemplateClass } from './template.ts';

export const glassTemplate: readonly TemplateClass[] = [
  {
    code: 'check',
    name: 'Check',
    definition:
      'A short crack at or below the surface that does not go through the wall, usually at finish, neck ring or heel. It reflects light as a bright line or facet at some angles and vanishes at others. A mark that can be felt on the surface and reflects at every angle is no check.',
    severity: 'critical',
    limits: [from('length', 'mm', 0.5)],
    translations: german(
      'Einläufer',
      'Kurzer Riss an oder unter der Oberfläche, der nicht durch die Wand geht, meist an Mündung, Halsring oder Boden. Er spiegelt das Licht unter manchen Winkeln als helle Linie oder Fläche und verschwindet unter anderen. Eine fühlbare Spur, die unter jedem Winkel spiegelt, ist kein Einläufer.',
    ),
  },
  {
    code: 'crack',
    name: 'Crack',
    definition:
      'A separation of the glass that goes through the wall or runs over the surface. Its edges are sharp, and liquid can pass or the article can break under load. Any length counts.',
    severity: 'critical',
    limits: [from('length', 'mm', 0)],
    translations: german(
      'Riss',
      'Trennung des Glases, die durch die Wand geht oder über die Oberfläche läuft. Die Kanten sind scharf, Flüssigkeit kann durchtreten oder der Artikel unter Last brechen. Jede Länge zählt.',
    ),
  },
  {
    code: 'stone',
    name: 'Stone',
    definition:
      'An opaque solid inclusion: refractory, batch that has not melted, or crystals. The glass around it is often under stress and distorted. A transparent inclusion filled with gas is a seed or blister.',
    severity: 'major',
    limits: [from('diameter', 'mm', 0.3)],
    translations: german(
      'Stein',
      'Undurchsichtiger fester Einschluss: Feuerfestmaterial, nicht geschmolzenes Gemenge oder Kristalle. Das Glas ringsum steht oft unter Spannung und ist verzerrt. Ein durchsichtiger, mit Gas gefüllter Einschluss ist eine Gispe oder Blase.',
    ),
  },
  {
    code: 'seed',
    name: 'Seed',
    definition:
      'A closed gas bubble within the wall, round and smaller than a blister. Single ones within the limit are good; what counts is the size or the number in the field of view.',
    severity: 'minor',
    limits: [{ quantity: 'diameter', unit: 'mm', min: 0.5, max: 1.5 }, from('count in the field of view', 'pieces', 5)],
    translations: german(
      'Gispe',
      'Geschlossene Gasblase in der Wand, rund und kleiner als eine Blase. Einzelne innerhalb der Grenze sind gut; es zählt die Größe oder die Anzahl im Bildfeld.',
    ),
  },
  {
    code: 'blister',
    name: 'Blister',
    definition:
      'A gas bubble larger than a seed, often drawn out, in the wall or just below the surface. One that can be pressed in with a stylus is open and counts at any size.',
    severity: 'major',
    limits: [from('longest dimension', 'mm', 1.5)],
    translations: german(
      'Blase',
      'Gasblase, größer als eine Gispe, oft lang gezogen, in der Wand oder dicht unter der Oberfläche. Eine, die sich mit einem Stift eindrücken lässt, ist offen und zählt in jeder Größe.',
    ),
  },
  {
    code: 'chipped-finish',
    name: 'Chipped finish',
    definition:
      'A piece broken out of the finish, on the sealing surface or the thread. On the sealing surface any chip counts, elsewhere from the limit on. A mould seam that is raised but whole is no chip.',
    severity: 'critical',
    limits: [from('width on the sealing surface', 'mm', 0), from('width elsewhere on the finish', 'mm', 1)],
    translations: german(
      'Ausgebrochene Mündung',
      'Ausgebrochenes Stück an der Mündung, auf der Dichtfläche oder am Gewinde. Auf der Dichtfläche zählt jeder Ausbruch, sonst ab der Grenze. Eine erhabene, aber unversehrte Formnaht ist kein Ausbruch.',
    ),
  },
];
