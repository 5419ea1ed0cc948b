import type { Phrases } from '../element/phrases.ts'
import type { Plural } from '../element/words.ts'

/** What toasts say. */
export interface ToastWords {
  /** Takes count and place. */
  from: Plural
  /** Where places are several, or none is known; takes count. */
  some: Plural
  /** Takes page. */
  came: string
  title: string
  dismiss: string
}

/** The same by language. */
export const phrases: Phrases<ToastWords> = {
  en: {
    from: { one: 'New visitor from {place}', other: '{count} new visitors from {place}' },
    some: { one: 'New visitor', other: '{count} new visitors' },
    came: 'came to {page}',
    title: 'New visitors',
    dismiss: 'Dismiss',
  },
  de: {
    from: { one: 'Neuer Besuch aus {place}', other: '{count} neue Besuche aus {place}' },
    some: { one: 'Neuer Besuch', other: '{count} neue Besuche' },
    came: 'kam auf {page}',
    title: 'Neue Besuche',
    dismiss: 'Schließen',
  },
  fr: {
    from: { one: 'Nouvelle visite : {place}', other: '{count} nouvelles visites : {place}' },
    some: { one: 'Nouvelle visite', other: '{count} nouvelles visites' },
    came: 'arrivée sur {page}',
    title: 'Nouvelles visites',
    dismiss: 'Fermer',
  },
  es: {
    from: { one: 'Nueva visita desde {place}', other: '{count} visitas nuevas desde {place}' },
    some: { one: 'Nueva visita', other: '{count} visitas nuevas' },
    came: 'llegó a {page}',
    title: 'Visitas nuevas',
    dismiss: 'Cerrar',
  },
  ja: {
    from: { other: '{place}から新しい訪問者 {count}人' },
    some: { other: '新しい訪問者 {count}人' },
    came: '{page} に到着',
    title: '新しい訪問者',
    dismiss: '閉じる',
  },
  ar: {
    from: {
      one: 'زائر جديد من {place}',
      two: 'زائران جديدان من {place}',
      few: '{count} زوار جدد من {place}',
      many: '{count} زائرًا جديدًا من {place}',
      other: '{count} زائر جديد من {place}',
    },
    some: {
      one: 'زائر جديد',
      two: 'زائران جديدان',
      few: '{count} زوار جدد',
      many: '{count} زائرًا جديدًا',
      other: '{count} زائر جديد',
    },
    came: 'وصل إلى {page}',
    title: 'زوار جدد',
    dismiss: 'إغلاق',
  },
}
