import { phrasesOf } from '../element/phrases.ts'
import type { Phrases } from '../element/phrases.ts'

/** What goals say. */
interface GoalWords {
  rate: string
  value: string
  none: string
}

const phrases: Phrases<GoalWords> = {
  en: {
    rate: 'Rate',
    value: 'Value',
    none: 'No goals yet. Set one: a page that is reached, or an event that is sent, when a visit was worth it.',
  },
  de: {
    rate: 'Rate',
    value: 'Wert',
    none: 'Noch keine Ziele. Legen Sie eines an: eine Seite, die erreicht, oder ein Ereignis, das gesendet wird, wenn sich ein Besuch gelohnt hat.',
  },
  fr: {
    rate: 'Taux',
    value: 'Valeur',
    none: 'Aucun objectif. Définissez-en un : une page atteinte ou un événement envoyé quand une visite en valait la peine.',
  },
  es: {
    rate: 'Tasa',
    value: 'Valor',
    none: 'Aún no hay objetivos. Defina uno: una página alcanzada o un evento enviado cuando la visita valió la pena.',
  },
  ja: {
    rate: '率',
    value: '金額',
    none: '目標がまだありません。訪問の成果となるページやイベントを目標に設定してください。',
  },
  ar: {
    rate: 'المعدل',
    value: 'القيمة',
    none: 'لا توجد أهداف بعد. حدّد هدفًا: صفحة يصل إليها الزائر أو حدثًا يُرسَل عندما تحقق الزيارة غايتها.',
  },
}

/** The words of a language. Tracked. */
export function wordsOfGoals(language: string): GoalWords {
  return phrasesOf(language, 'goals', phrases)
}
