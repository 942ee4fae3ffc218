/** XML of annotation tools: read without entities of its own, written by hand. */
import { XMLParser } from 'fast-xml-parser';
import { SetFault } from './format.ts';
import { fieldsOf } from './set-values.ts';

/** Elements by name, attributes with `@`; the named elements are always lists. Throws for documents that define entities. */
export function parseXml(bytes: Buffer, lists: readonly string[]): Record<string, unknown> {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  if (/<!(DOCTYPE|ENTITY)/i.test(text)) {
    throw new SetFault('defines entities (DOCTYPE), which could stand for anything: take the definition out');
  }
  const names = new Set(lists);
  const parser = new XMLParser({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    parseTagValue: false,
    parseAttributeValue: false,
    isArray: (name) => names.has(name),
  });
  try {
    return fieldsOf(parser.parse(text, true));
  } catch {
    throw new SetFault('is not XML: export it again');
  }
}

export function escapeXml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&apos;');
}
