/** What an alarm says to the operator: what it is, why, what follows from it, what to do. English and German. */
import type { AlarmText, AlarmTexts, AlarmType } from './alarm-definitions.ts';
import { germanAlarmTexts } from './alarm-texts-de.ts';
import { englishAlarmTexts } from './alarm-texts-en.ts';

export type Language = 'en' | 'de';

const texts: Readonly<Record<Language, AlarmTexts>> = { en: englishAlarmTexts, de: germanAlarmTexts };

export function alarmText(type: AlarmType, language: Language): AlarmText {
  return texts[language][type];
}
