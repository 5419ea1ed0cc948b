import type { Phrases } from '../element/phrases.ts'
import type { Plural } from '../element/words.ts'

/** What a feed says. */
export interface FeedWords {
  title: string
  empty: string
  /** On the button that shows what came meanwhile; takes count. */
  waiting: Plural
}

/** The same by language. */
export const phrases: Phrases<FeedWords> = {
  en: {
    title: 'Latest visits',
    empty: 'No visits in the last 7 days. The next one will appear here.',
    waiting: { one: '{count} new visit', other: '{count} new visits' },
  },
  de: {
    title: 'Letzte Besuche',
    empty: 'Keine Besuche in den letzten 7 Tagen. Der nächste erscheint hier.',
    waiting: { one: '{count} neuer Besuch', other: '{count} neue Besuche' },
  },
  fr: {
    title: 'Dernières visites',
    empty: 'Aucune visite ces 7 derniers jours. La prochaine apparaîtra ici.',
    waiting: { one: '{count} nouvelle visite', other: '{count} nouvelles visites' },
  },
  es: {
    title: 'Últimas visitas',
    empty: 'Ninguna visita en los últimos 7 días. La próxima aparecerá aquí.',
    waiting: { one: '{count} visita nueva', other: '{count} visitas nuevas' },
  },
  ja: {
    title: '最近の訪問',
    empty: '過去7日間に訪問はありません。次の訪問がここに表示されます。',
    waiting: { other: '新しい訪問 {count}件' },
  },
  ar: {
    title: 'أحدث الزيارات',
    empty: 'لا زيارات في آخر 7 أيام. ستظهر هنا الزيارة التالية.',
    waiting: {
      one: 'زيارة جديدة واحدة',
      two: 'زيارتان جديدتان',
      few: '{count} زيارات جديدة',
      many: '{count} زيارة جديدة',
      other: '{count} زيارة جديدة',
    },
  },
}
