/** Tablets in blister packs. */
import { from, german, type TemplateClass } from './template.ts';

export const pharmaTemplate: readonly TemplateClass[] = [
  {
    code: 'chip',
    name: 'Chip',
    definition:
      'A piece is broken out of the tablet: at its edge, its band or beside the score. A score line or embossing that is whole is no chip. The lost area is judged as seen from above.',
    severity: 'major',
    limits: [from('lost share of the area', '%', 2)],
    translations: german(
      'Ausbruch',
      'Aus der Tablette ist ein Stück ausgebrochen: am Rand, am Steg oder neben der Bruchkerbe. Eine unversehrte Bruchkerbe oder Prägung ist kein Ausbruch. Die fehlende Fläche wird von oben beurteilt.',
    ),
  },
  {
    code: 'crack',
    name: 'Crack',
    definition:
      'A line of fracture in the tablet or its coating, also where a lid begins to come off (capping) or layers part (lamination). Any length counts.',
    severity: 'major',
    limits: [from('length', 'mm', 0)],
    translations: german(
      'Riss',
      'Bruchlinie in der Tablette oder ihrem Überzug, auch wo sich ein Deckel (Deckeln) oder Schichten lösen. Jede Länge zählt.',
    ),
  },
  {
    code: 'dirt',
    name: 'Dirt',
    definition:
      'A foreign particle, fibre, spot of oil or black speck on the tablet or in the pocket. What is loose counts like what is embedded.',
    severity: 'critical',
    limits: [from('longest dimension', 'mm', 0.2)],
    translations: german(
      'Verschmutzung',
      'Fremdpartikel, Faser, Ölfleck oder schwarzer Punkt auf der Tablette oder im Napf. Loses zählt wie Eingepresstes.',
    ),
  },
  {
    code: 'colour',
    name: 'Colour fault',
    definition:
      'The tablet has another colour than its reference, or is mottled or unevenly coated. Judged against the reference of the same product under the same light, never from memory.',
    severity: 'major',
    limits: [from('colour difference ΔE to the reference', '1', 3)],
    translations: german(
      'Farbfehler',
      'Die Tablette hat eine andere Farbe als ihr Muster oder ist fleckig oder ungleich überzogen. Beurteilt gegen das Muster desselben Produkts bei gleichem Licht, nie aus dem Gedächtnis.',
    ),
  },
  {
    code: 'missing-tablet',
    name: 'Missing tablet',
    definition:
      'A pocket is empty or holds less than a whole tablet: a half, a fragment or powder. A tablet that lies on its edge but is whole is good.',
    severity: 'critical',
    limits: [from('empty pockets', 'pieces', 1)],
    translations: german(
      'Fehlende Tablette',
      'Ein Napf ist leer oder enthält weniger als eine ganze Tablette: eine Hälfte, ein Bruchstück oder Pulver. Eine hochkant liegende, aber ganze Tablette ist gut.',
    ),
  },
];
