import type { Metric } from '@hk-live/sdk/protocol'

/** Words of the page of a share link; the elements on it bring their own words. */
export interface PageWords {
  /** Takes site. */
  readonly title: string
  /** Takes site. */
  readonly description: string
  readonly metrics: Readonly<Partial<Record<Metric, string>>>
  /** Title of a page whose link has a password. */
  readonly shared: string
  readonly script: string
  readonly gone: string
  readonly goneWhy: string
  readonly places: string
}

/** By language; the first is that of everybody else. */
export const pageWords: Readonly<Record<string, PageWords>> = {
  en: {
    title: 'Statistics of {site}',
    description: 'Who visits {site}, and what they read: live.',
    metrics: { visitors: 'Visitors', visits: 'Visits', pageviews: 'Pageviews', bounce_rate: 'Bounce rate', visit_duration: 'Visit duration' },
    shared: 'Shared statistics',
    script: 'This page needs JavaScript to show more.',
    gone: 'There is nothing at this address',
    goneWhy: 'The link is mistyped, or it was revoked, or its time is over.',
    places: 'Places by',
  },
  de: {
    title: 'Statistik von {site}',
    description: 'Wer {site} besucht und was gelesen wird: live.',
    metrics: { visitors: 'Besucher', visits: 'Besuche', pageviews: 'Seitenaufrufe', bounce_rate: 'Absprungrate', visit_duration: 'Besuchsdauer' },
    shared: 'Geteilte Statistik',
    script: 'Diese Seite braucht JavaScript, um mehr zu zeigen.',
    gone: 'Unter dieser Adresse ist nichts',
    goneWhy: 'Der Link ist vertippt, wurde widerrufen oder ist abgelaufen.',
    places: 'Orte von',
  },
  fr: {
    title: 'Statistiques de {site}',
    description: 'Qui visite {site} et ce qui est lu : en direct.',
    metrics: { visitors: 'Visiteurs', visits: 'Visites', pageviews: 'Pages vues', bounce_rate: 'Taux de rebond', visit_duration: 'Durée de visite' },
    shared: 'Statistiques partagées',
    script: 'Cette page a besoin de JavaScript pour en montrer plus.',
    gone: 'Il n’y a rien à cette adresse',
    goneWhy: 'Le lien est mal saisi, a été révoqué ou a expiré.',
    places: 'Lieux par',
  },
  es: {
    title: 'Estadísticas de {site}',
    description: 'Quién visita {site} y qué se lee: en directo.',
    metrics: { visitors: 'Visitantes', visits: 'Visitas', pageviews: 'Páginas vistas', bounce_rate: 'Tasa de rebote', visit_duration: 'Duración de la visita' },
    shared: 'Estadísticas compartidas',
    script: 'Esta página necesita JavaScript para mostrar más.',
    gone: 'No hay nada en esta dirección',
    goneWhy: 'El enlace está mal escrito, fue revocado o ha caducado.',
    places: 'Lugares por',
  },
  ja: {
    title: '{site} の統計',
    description: '{site} の訪問者と読まれているページをライブで。',
    metrics: { visitors: '訪問者数', visits: '訪問数', pageviews: 'ページビュー', bounce_rate: '直帰率', visit_duration: '訪問時間' },
    shared: '共有された統計',
    script: 'さらに表示するには JavaScript が必要です。',
    gone: 'このアドレスには何もありません',
    goneWhy: 'リンクが間違っているか、取り消されたか、期限が切れています。',
    places: '位置情報：',
  },
  ar: {
    title: 'إحصاءات {site}',
    description: 'من يزور {site} وماذا يقرأ: مباشرة.',
    metrics: { visitors: 'الزوار', visits: 'الزيارات', pageviews: 'مشاهدات الصفحات', bounce_rate: 'معدل الارتداد', visit_duration: 'مدة الزيارة' },
    shared: 'إحصاءات مشتركة',
    script: 'تحتاج هذه الصفحة إلى JavaScript لعرض المزيد.',
    gone: 'لا يوجد شيء في هذا العنوان',
    goneWhy: 'الرابط مكتوب خطأ، أو أُلغي، أو انتهت مدته.',
    places: 'المواقع من',
  },
}

/** The language of a page: what its address names, else the first of the reader's that is here, else English. */
export function languageOf(named: string | null, accepted: string | null): string {
  const wanted = [named ?? '', ...(accepted ?? '').split(',').map((part) => part.split(';')[0] ?? '')]
  const tag = wanted.map((one) => one.trim().toLowerCase().split('-')[0] ?? '').find((one) => Object.hasOwn(pageWords, one))
  return tag ?? 'en'
}

/** The words of a language of {@link languageOf}. */
export function wordsOf(language: string): PageWords {
  const { en, [language]: own = en } = pageWords
  if (own === undefined) throw new Error('There are no English words.')
  return own
}
