import type { AiGroup } from '@hk-live/sdk'
import { phrasesOf } from '../element/phrases.ts'
import type { Phrases } from '../element/phrases.ts'

/** What fetches of AI agents are for. */
export type Category = 'training' | 'search' | 'assistant'

/** What is said of fetches by AI agents. */
interface AiWords {
  title: string
  fetches: string
  /** Referred visits, as the head of a column. */
  brief: string
  errors: string
  response: string
  /** Visits that assistants referred. */
  referred: string
  categories: Record<Category, string>
  /** Takes category and rate. */
  part: string
  /** Takes crawled, referred, both. */
  pages: string
  groups: Record<AiGroup, string>
  resources: Readonly<Record<string, string>>
  by: string
  none: string
}

const phrases: Phrases<AiWords> = {
  en: {
    title: 'AI visibility',
    fetches: 'Fetches',
    brief: 'Referred',
    errors: 'Errors',
    response: 'Median response',
    referred: 'Referred visits',
    categories: { training: 'Training', search: 'Search', assistant: 'Assistants' },
    part: '{category} {rate}',
    pages: 'Pages: {crawled} read by agents, {referred} referred to by assistants, {both} both.',
    groups: {
      agent: 'Agents',
      family: 'Families',
      category: 'Purposes',
      page: 'Pages',
      status: 'Status',
      resource: 'Types',
    },
    resources: {
      page: 'Pages',
      image: 'Images',
      script: 'Scripts',
      style: 'Style sheets',
      font: 'Fonts',
      media: 'Sound and video',
      document: 'Documents',
      data: 'Data',
      robots: 'robots.txt and the like',
      other: 'Other',
    },
    by: 'List by',
    none: 'No AI agents in this range yet. What they read is in the log of the server or the edge: send it on with “hk forward”.',
  },
  de: {
    title: 'Sichtbarkeit in KI',
    fetches: 'Abrufe',
    brief: 'Vermittelt',
    errors: 'Fehler',
    response: 'Antwortzeit (Median)',
    referred: 'Vermittelte Besuche',
    categories: { training: 'Training', search: 'Suche', assistant: 'Assistenten' },
    part: '{category} {rate}',
    pages: 'Seiten: {crawled} von Agenten gelesen, {referred} von Assistenten empfohlen, {both} beides.',
    groups: {
      agent: 'Agenten',
      family: 'Familien',
      category: 'Zwecke',
      page: 'Seiten',
      status: 'Status',
      resource: 'Arten',
    },
    resources: {
      page: 'Seiten',
      image: 'Bilder',
      script: 'Skripte',
      style: 'Stylesheets',
      font: 'Schriften',
      media: 'Ton und Video',
      document: 'Dokumente',
      data: 'Daten',
      robots: 'robots.txt und Ähnliches',
      other: 'Anderes',
    },
    by: 'Auflisten nach',
    none: 'Noch keine KI-Agenten in diesem Zeitraum. Was sie lesen, steht im Log des Servers oder der Edge: leiten Sie es mit „hk forward“ weiter.',
  },
  fr: {
    title: 'Visibilité dans l’IA',
    fetches: 'Lectures',
    brief: 'Recommandées',
    errors: 'Erreurs',
    response: 'Réponse médiane',
    referred: 'Visites recommandées',
    categories: { training: 'Entraînement', search: 'Recherche', assistant: 'Assistants' },
    part: '{category} {rate}',
    pages: 'Pages : {crawled} lues par des agents, {referred} recommandées par des assistants, {both} les deux.',
    groups: {
      agent: 'Agents',
      family: 'Familles',
      category: 'Usages',
      page: 'Pages',
      status: 'Statuts',
      resource: 'Types',
    },
    resources: {
      page: 'Pages',
      image: 'Images',
      script: 'Scripts',
      style: 'Feuilles de style',
      font: 'Polices',
      media: 'Son et vidéo',
      document: 'Documents',
      data: 'Données',
      robots: 'robots.txt et semblables',
      other: 'Autres',
    },
    by: 'Lister par',
    none: 'Aucun agent IA sur cette période. Ce qu’ils lisent est dans le journal du serveur ou de l’edge : transmettez-le avec « hk forward ».',
  },
  es: {
    title: 'Visibilidad en la IA',
    fetches: 'Lecturas',
    brief: 'Recomendadas',
    errors: 'Errores',
    response: 'Respuesta mediana',
    referred: 'Visitas recomendadas',
    categories: { training: 'Entrenamiento', search: 'Búsqueda', assistant: 'Asistentes' },
    part: '{category} {rate}',
    pages: 'Páginas: {crawled} leídas por agentes, {referred} recomendadas por asistentes, {both} ambas cosas.',
    groups: {
      agent: 'Agentes',
      family: 'Familias',
      category: 'Fines',
      page: 'Páginas',
      status: 'Estado',
      resource: 'Tipos',
    },
    resources: {
      page: 'Páginas',
      image: 'Imágenes',
      script: 'Scripts',
      style: 'Hojas de estilo',
      font: 'Fuentes',
      media: 'Sonido y vídeo',
      document: 'Documentos',
      data: 'Datos',
      robots: 'robots.txt y similares',
      other: 'Otros',
    },
    by: 'Listar por',
    none: 'Aún no hay agentes de IA en este periodo. Lo que leen está en el registro del servidor o del edge: envíelo con «hk forward».',
  },
  ja: {
    title: 'AIでの可視性',
    fetches: '取得数',
    brief: '紹介',
    errors: 'エラー',
    response: '応答時間（中央値）',
    referred: '紹介による訪問',
    categories: { training: '学習', search: '検索', assistant: 'アシスタント' },
    part: '{category} {rate}',
    pages: 'ページ：エージェントが取得 {crawled}、アシスタントが紹介 {referred}、両方 {both}',
    groups: {
      agent: 'エージェント',
      family: '提供元',
      category: '目的',
      page: 'ページ',
      status: 'ステータス',
      resource: '種類',
    },
    resources: {
      page: 'ページ',
      image: '画像',
      script: 'スクリプト',
      style: 'スタイルシート',
      font: 'フォント',
      media: '音声と動画',
      document: '文書',
      data: 'データ',
      robots: 'robots.txtなど',
      other: 'その他',
    },
    by: '内訳',
    none: 'この期間のAIエージェントはまだありません。閲覧はサーバーやエッジのログに残ります。「hk forward」で送ってください。',
  },
  ar: {
    title: 'الظهور في الذكاء الاصطناعي',
    fetches: 'عمليات الجلب',
    brief: 'المحالة',
    errors: 'الأخطاء',
    response: 'وسيط زمن الاستجابة',
    referred: 'الزيارات المحالة',
    categories: { training: 'التدريب', search: 'البحث', assistant: 'المساعدون' },
    part: '{category} {rate}',
    pages: 'الصفحات: {crawled} قرأها الوكلاء، و{referred} أحال إليها المساعدون، و{both} للأمرين معًا.',
    groups: {
      agent: 'الوكلاء',
      family: 'الجهات',
      category: 'الأغراض',
      page: 'الصفحات',
      status: 'الحالة',
      resource: 'الأنواع',
    },
    resources: {
      page: 'الصفحات',
      image: 'الصور',
      script: 'البرامج النصية',
      style: 'صفحات الأنماط',
      font: 'الخطوط',
      media: 'الصوت والفيديو',
      document: 'المستندات',
      data: 'البيانات',
      robots: '\u2066robots.txt\u2069 وما شابهه',
      other: 'أخرى',
    },
    by: 'العرض حسب',
    none: 'لا وكلاء ذكاء اصطناعي في هذه الفترة بعد. ما يقرؤونه مسجل في سجل الخادم أو الحافة: أرسله بالأمر \u2066hk forward\u2069.',
  },
}

/** The words of a language. Tracked. */
export function wordsOfAi(language: string): AiWords {
  return phrasesOf(language, 'ai', phrases)
}
