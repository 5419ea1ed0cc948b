import type { Comparison, RangeName } from '@hk-live/sdk'
import type { Phrases } from '../element/phrases.ts'

/** What the choice of a range says. */
export interface RangeWords {
  range: string
  ranges: Record<RangeName, string>
  from: string
  to: string
  apply: string
  compare: string
  comparisons: Record<Comparison | 'none', string>
}

export const rangeWords: Phrases<RangeWords> = {
  en: {
    range: 'Range',
    ranges: {
      today: 'Today',
      yesterday: 'Yesterday',
      '24h': 'Last 24 hours',
      '7d': 'Last 7 days',
      '30d': 'Last 30 days',
      '90d': 'Last 90 days',
      '12m': 'Last 12 months',
      month: 'This month',
      last_month: 'Last month',
      year: 'This year',
      all: 'All time',
    },
    from: 'From',
    to: 'To',
    apply: 'Apply',
    compare: 'Compare',
    comparisons: { none: 'No comparison', previous: 'Period before', year: 'Year before' },
  },
  de: {
    range: 'Zeitraum',
    ranges: {
      today: 'Heute',
      yesterday: 'Gestern',
      '24h': 'Letzte 24 Stunden',
      '7d': 'Letzte 7 Tage',
      '30d': 'Letzte 30 Tage',
      '90d': 'Letzte 90 Tage',
      '12m': 'Letzte 12 Monate',
      month: 'Dieser Monat',
      last_month: 'Letzter Monat',
      year: 'Dieses Jahr',
      all: 'Gesamte Zeit',
    },
    from: 'Von',
    to: 'Bis',
    apply: 'Anwenden',
    compare: 'Vergleich',
    comparisons: { none: 'Kein Vergleich', previous: 'Vorperiode', year: 'Vorjahr' },
  },
  fr: {
    range: 'Période',
    ranges: {
      today: 'Aujourd’hui',
      yesterday: 'Hier',
      '24h': '24 dernières heures',
      '7d': '7 derniers jours',
      '30d': '30 derniers jours',
      '90d': '90 derniers jours',
      '12m': '12 derniers mois',
      month: 'Ce mois-ci',
      last_month: 'Mois dernier',
      year: 'Cette année',
      all: 'Depuis le début',
    },
    from: 'Du',
    to: 'Au',
    apply: 'Appliquer',
    compare: 'Comparer',
    comparisons: { none: 'Sans comparaison', previous: 'Période précédente', year: 'Année précédente' },
  },
  es: {
    range: 'Periodo',
    ranges: {
      today: 'Hoy',
      yesterday: 'Ayer',
      '24h': 'Últimas 24 horas',
      '7d': 'Últimos 7 días',
      '30d': 'Últimos 30 días',
      '90d': 'Últimos 90 días',
      '12m': 'Últimos 12 meses',
      month: 'Este mes',
      last_month: 'Mes pasado',
      year: 'Este año',
      all: 'Todo el tiempo',
    },
    from: 'Desde',
    to: 'Hasta',
    apply: 'Aplicar',
    compare: 'Comparar',
    comparisons: { none: 'Sin comparación', previous: 'Periodo anterior', year: 'Año anterior' },
  },
  ja: {
    range: '期間',
    ranges: {
      today: '今日',
      yesterday: '昨日',
      '24h': '過去24時間',
      '7d': '過去7日間',
      '30d': '過去30日間',
      '90d': '過去90日間',
      '12m': '過去12か月',
      month: '今月',
      last_month: '先月',
      year: '今年',
      all: '全期間',
    },
    from: '開始日',
    to: '終了日',
    apply: '適用',
    compare: '比較',
    comparisons: { none: '比較なし', previous: '前の期間', year: '前年' },
  },
  ar: {
    range: 'الفترة',
    ranges: {
      today: 'اليوم',
      yesterday: 'أمس',
      '24h': 'آخر 24 ساعة',
      '7d': 'آخر 7 أيام',
      '30d': 'آخر 30 يومًا',
      '90d': 'آخر 90 يومًا',
      '12m': 'آخر 12 شهرًا',
      month: 'هذا الشهر',
      last_month: 'الشهر الماضي',
      year: 'هذا العام',
      all: 'كل الوقت',
    },
    from: 'من',
    to: 'إلى',
    apply: 'تطبيق',
    compare: 'المقارنة',
    comparisons: { none: 'بلا مقارنة', previous: 'الفترة السابقة', year: 'العام السابق' },
  },
}
