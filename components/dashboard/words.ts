import type { Phrases } from '../element/phrases.ts'

/** What the dashboard says; titles of lists are those of their dimensions. */
export interface DashboardWords {
  /** Names of the tabs of lists, by dimension. */
  tabs: Readonly<Record<string, string>>
  figures: string
  /** Takes metric. */
  show: string
  cities: string
  locked: string
  password: string
  open: string
  wrong: string
}

export const dashboardWords: Phrases<DashboardWords> = {
  en: {
    tabs: {
      page: 'Top',
      entry_page: 'Entry',
      exit_page: 'Exit',
      source: 'Source',
      channel: 'Channel',
      utm_campaign: 'Campaign',
      country: 'Country',
      region: 'Region',
      city: 'City',
    },
    figures: 'Key figures',
    show: 'Show in the chart: {metric}',
    cities: 'Cities today',
    locked: 'This link has a password.',
    password: 'Password',
    open: 'Open',
    wrong: 'This is not the password of the link.',
  },
  de: {
    tabs: {
      page: 'Alle',
      entry_page: 'Einstieg',
      exit_page: 'Ausstieg',
      source: 'Quelle',
      channel: 'Kanal',
      utm_campaign: 'Kampagne',
      country: 'Land',
      region: 'Region',
      city: 'Stadt',
    },
    figures: 'Kennzahlen',
    show: 'Im Diagramm zeigen: {metric}',
    cities: 'Städte heute',
    locked: 'Dieser Link hat ein Passwort.',
    password: 'Passwort',
    open: 'Öffnen',
    wrong: 'Das ist nicht das Passwort des Links.',
  },
  fr: {
    tabs: {
      page: 'Toutes',
      entry_page: 'Entrée',
      exit_page: 'Sortie',
      source: 'Source',
      channel: 'Canal',
      utm_campaign: 'Campagne',
      country: 'Pays',
      region: 'Région',
      city: 'Ville',
    },
    figures: 'Chiffres clés',
    show: 'Afficher dans le graphique : {metric}',
    cities: 'Villes aujourd’hui',
    locked: 'Ce lien a un mot de passe.',
    password: 'Mot de passe',
    open: 'Ouvrir',
    wrong: 'Ce n’est pas le mot de passe du lien.',
  },
  es: {
    tabs: {
      page: 'Todas',
      entry_page: 'Entrada',
      exit_page: 'Salida',
      source: 'Fuente',
      channel: 'Canal',
      utm_campaign: 'Campaña',
      country: 'País',
      region: 'Región',
      city: 'Ciudad',
    },
    figures: 'Cifras clave',
    show: 'Mostrar en el gráfico: {metric}',
    cities: 'Ciudades hoy',
    locked: 'Este enlace tiene una contraseña.',
    password: 'Contraseña',
    open: 'Abrir',
    wrong: 'No es la contraseña del enlace.',
  },
  ja: {
    tabs: {
      page: '上位',
      entry_page: '入口',
      exit_page: '出口',
      source: '参照元',
      channel: 'チャネル',
      utm_campaign: 'キャンペーン',
      country: '国',
      region: '地域',
      city: '都市',
    },
    figures: '主な数値',
    show: 'グラフに表示：{metric}',
    cities: '今日の都市',
    locked: 'このリンクにはパスワードが必要です。',
    password: 'パスワード',
    open: '開く',
    wrong: 'リンクのパスワードが違います。',
  },
  ar: {
    tabs: {
      page: 'الأكثر',
      entry_page: 'الدخول',
      exit_page: 'الخروج',
      source: 'المصدر',
      channel: 'القناة',
      utm_campaign: 'الحملة',
      country: 'البلد',
      region: 'المنطقة',
      city: 'المدينة',
    },
    figures: 'الأرقام الرئيسية',
    show: 'عرض في المخطط: {metric}',
    cities: 'مدن اليوم',
    locked: 'هذا الرابط محمي بكلمة مرور.',
    password: 'كلمة المرور',
    open: 'فتح',
    wrong: 'هذه ليست كلمة مرور الرابط.',
  },
}
