import { phrasesOf } from '../element/phrases.ts'
import type { Phrases } from '../element/phrases.ts'

/** What events say. */
interface EventWords {
  count: string
  /** Leads from one event to the list. */
  back: string
  /** Names the choices of what to list of an event. */
  by: string
  /** Takes property. */
  values: string
  none: string
  /** Takes name. */
  missing: string
}

const phrases: Phrases<EventWords> = {
  en: {
    count: 'Count',
    back: 'All events',
    by: 'List by',
    values: 'Values of “{property}”',
    none: 'No events in this range yet. Send one: hk(\'signup\', { plan: \'pro\' }).',
    missing: 'No event “{name}” in this range yet.',
  },
  de: {
    count: 'Anzahl',
    back: 'Alle Ereignisse',
    by: 'Auflisten nach',
    values: 'Werte von „{property}“',
    none: 'Noch keine Ereignisse in diesem Zeitraum. Senden Sie eines: hk(\'signup\', { plan: \'pro\' }).',
    missing: 'Noch kein Ereignis „{name}“ in diesem Zeitraum.',
  },
  fr: {
    count: 'Nombre',
    back: 'Tous les événements',
    by: 'Lister par',
    values: 'Valeurs de « {property} »',
    none: 'Aucun événement sur cette période. Envoyez-en un : hk(\'signup\', { plan: \'pro\' }).',
    missing: 'Aucun événement « {name} » sur cette période.',
  },
  es: {
    count: 'Cantidad',
    back: 'Todos los eventos',
    by: 'Listar por',
    values: 'Valores de «{property}»',
    none: 'Aún no hay eventos en este periodo. Envíe uno: hk(\'signup\', { plan: \'pro\' }).',
    missing: 'Aún no hay ningún evento «{name}» en este periodo.',
  },
  ja: {
    count: '回数',
    back: 'すべてのイベント',
    by: '内訳',
    values: '「{property}」の値',
    none: 'この期間のイベントはまだありません。次のように送信できます：hk(\'signup\', { plan: \'pro\' })',
    missing: 'この期間に「{name}」というイベントはまだありません。',
  },
  ar: {
    count: 'العدد',
    back: 'كل الأحداث',
    by: 'العرض حسب',
    values: 'قيم «{property}»',
    none: 'لا أحداث في هذه الفترة بعد. أرسل حدثًا: \u2066hk(\'signup\', { plan: \'pro\' })\u2069',
    missing: 'لا يوجد حدث باسم «{name}» في هذه الفترة بعد.',
  },
}

/** The words of a language. Tracked. */
export function wordsOfEvents(language: string): EventWords {
  return phrasesOf(language, 'events', phrases)
}
