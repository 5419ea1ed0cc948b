import type { Phrases } from '../element/phrases.ts'
import type { Plural } from '../element/words.ts'

/** What a globe says. */
export interface GlobeWords {
  title: string
  empty: string
  /** Of the globe, for those who turn it by keys. */
  turn: string
  pause: string
  /** On the button below the list; takes count. */
  more: Plural
  less: string
  /** Visitors whose place is not known, or not listed. */
  rest: string
}

/** The same by language. */
export const phrases: Phrases<GlobeWords> = {
  en: {
    title: 'Visitors now',
    empty: 'Nobody is here at the moment. The next visitor will appear here.',
    turn: 'Globe. Arrow keys turn it.',
    pause: 'Stand still',
    more: { one: '{count} more place', other: '{count} more places' },
    less: 'Fewer places',
    rest: 'Elsewhere or unknown',
  },
  de: {
    title: 'Besucher jetzt',
    empty: 'Gerade ist niemand da. Der nächste Besuch erscheint hier.',
    turn: 'Globus. Mit den Pfeiltasten drehen.',
    pause: 'Anhalten',
    more: { one: '{count} weiterer Ort', other: '{count} weitere Orte' },
    less: 'Weniger Orte',
    rest: 'Anderswo oder unbekannt',
  },
  fr: {
    title: 'Visiteurs actuels',
    empty: 'Personne pour le moment. La prochaine visite apparaîtra ici.',
    turn: 'Globe. Les touches fléchées le font tourner.',
    pause: 'Arrêter',
    more: { one: '{count} autre lieu', other: '{count} autres lieux' },
    less: 'Moins de lieux',
    rest: 'Ailleurs ou inconnu',
  },
  es: {
    title: 'Visitantes ahora',
    empty: 'No hay nadie en este momento. La próxima visita aparecerá aquí.',
    turn: 'Globo. Las teclas de flecha lo giran.',
    pause: 'Detener',
    more: { one: '{count} lugar más', other: '{count} lugares más' },
    less: 'Menos lugares',
    rest: 'En otro lugar o desconocido',
  },
  ja: {
    title: '現在の訪問者',
    empty: '今は誰もいません。次の訪問者がここに表示されます。',
    turn: '地球儀。矢印キーで回せます。',
    pause: '止める',
    more: { other: 'ほか{count}か所' },
    less: '表示を減らす',
    rest: 'その他・不明',
  },
  ar: {
    title: 'الزوار الآن',
    empty: 'لا أحد هنا الآن. سيظهر هنا الزائر التالي.',
    turn: 'كرة أرضية. أدرها بمفاتيح الأسهم.',
    pause: 'إيقاف',
    more: {
      one: 'مكان آخر',
      two: 'مكانان آخران',
      few: '{count} أماكن أخرى',
      many: '{count} مكانًا آخر',
      other: '{count} مكان آخر',
    },
    less: 'أماكن أقل',
    rest: 'أماكن أخرى أو غير معروفة',
  },
}
