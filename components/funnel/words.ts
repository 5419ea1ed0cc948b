import { phrasesOf } from '../element/phrases.ts'
import type { Phrases } from '../element/phrases.ts'

/** What a funnel says. */
interface FunnelWords {
  title: string
  /** Those who did all steps of those who began: takes done, all. */
  of: string
  /** Takes rate. */
  went: string
  /** Takes count. */
  left: string
  /** Takes time. */
  median: string
  /** Those of the time compared with: takes rate. */
  before: string
  none: string
  /** Takes name. */
  missing: string
}

const phrases: Phrases<FunnelWords> = {
  en: {
    title: 'Funnel',
    of: '{done} of {all}',
    went: '{rate} went on',
    left: '{count} left',
    median: 'median {time}',
    before: '{rate} before',
    none: 'No funnel yet. Make one of 2 to 20 steps, such as cart, checkout and purchase; it counts past visits, too.',
    missing: 'There is no funnel “{name}”.',
  },
  de: {
    title: 'Trichter',
    of: '{done} von {all}',
    went: '{rate} gingen weiter',
    left: '{count} Abgänge',
    median: 'Median {time}',
    before: 'zuvor {rate}',
    none: 'Noch kein Trichter. Legen Sie einen mit 2 bis 20 Schritten an, etwa Warenkorb, Kasse und Kauf; auch frühere Besuche zählen.',
    missing: 'Es gibt keinen Trichter „{name}“.',
  },
  fr: {
    title: 'Entonnoir',
    of: '{done} sur {all}',
    went: '{rate} ont continué',
    left: '{count} sont partis',
    median: 'médiane {time}',
    before: '{rate} avant',
    none: 'Aucun entonnoir. Créez-en un de 2 à 20 étapes, par exemple panier, paiement et achat ; les visites passées comptent aussi.',
    missing: 'Il n’y a pas d’entonnoir « {name} ».',
  },
  es: {
    title: 'Embudo',
    of: '{done} de {all}',
    went: '{rate} siguieron',
    left: '{count} se fueron',
    median: 'mediana {time}',
    before: '{rate} antes',
    none: 'Aún no hay embudos. Cree uno de 2 a 20 pasos, por ejemplo carrito, pago y compra; también cuentan las visitas pasadas.',
    missing: 'No hay ningún embudo «{name}».',
  },
  ja: {
    title: 'ファネル',
    of: '{all}人中{done}人',
    went: '{rate}が次へ',
    left: '{count}人が離脱',
    median: '中央値 {time}',
    before: '以前は{rate}',
    none: 'ファネルがまだありません。カート、購入手続き、購入など、2～20のステップで作成してください。過去の訪問も集計されます。',
    missing: '「{name}」というファネルはありません。',
  },
  ar: {
    title: 'مسار التحويل',
    of: '{done} من {all}',
    went: 'تابع {rate}',
    left: 'غادر {count}',
    median: 'الوسيط {time}',
    before: '{rate} سابقًا',
    none: 'لا يوجد مسار تحويل بعد. أنشئ مسارًا من خطوتين إلى 20 خطوة، مثل السلة والدفع والشراء؛ وتُحسب الزيارات السابقة أيضًا.',
    missing: 'لا يوجد مسار تحويل باسم «{name}».',
  },
}

/** The words of a language. Tracked. */
export function wordsOfFunnel(language: string): FunnelWords {
  return phrasesOf(language, 'funnel', phrases)
}
