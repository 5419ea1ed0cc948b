import type { OpportunityStatus } from '@hk-live/sdk'
import { phrasesOf } from '../element/phrases.ts'
import type { Phrases } from '../element/phrases.ts'

/** What is said around findings; what is said of each is in `findings.ts`. */
interface OpportunityWords {
  title: string
  statuses: Record<OpportunityStatus, string>
  impact: string
  confidence: string
  /** What would make a finding go away: takes figure, value, target. */
  until: Record<'at_most' | 'at_least', string>
  /** Takes first, last. */
  seen: string
  none: string
  /** Before the detectors have run. */
  early: string
}

const phrases: Phrases<OpportunityWords> = {
  en: {
    title: 'Opportunities',
    statuses: { new: 'New', saved: 'Saved', done: 'Done', dismissed: 'Dismissed', resolved: 'Resolved' },
    impact: 'Impact',
    confidence: 'Confidence',
    until: {
      at_most: 'Goes away when “{figure}” is at most {target}; now it is {value}.',
      at_least: 'Goes away when “{figure}” is at least {target}; now it is {value}.',
    },
    seen: 'Seen from {first} to {last}',
    none: 'Nothing found that is worth your time. The site is looked through once a day.',
    early: 'The site has not been looked through yet. That is done once a day.',
  },
  de: {
    title: 'Chancen',
    statuses: { new: 'Neu', saved: 'Gemerkt', done: 'Erledigt', dismissed: 'Verworfen', resolved: 'Behoben' },
    impact: 'Wirkung',
    confidence: 'Sicherheit',
    until: {
      at_most: 'Verschwindet, wenn „{figure}“ höchstens {target} ist; jetzt {value}.',
      at_least: 'Verschwindet, wenn „{figure}“ mindestens {target} ist; jetzt {value}.',
    },
    seen: 'Gesehen vom {first} bis zum {last}',
    none: 'Nichts gefunden, was Ihre Zeit wert wäre. Die Website wird einmal am Tag durchgesehen.',
    early: 'Die Website wurde noch nicht durchgesehen. Das geschieht einmal am Tag.',
  },
  fr: {
    title: 'Opportunités',
    statuses: { new: 'Nouveau', saved: 'Gardé', done: 'Fait', dismissed: 'Écarté', resolved: 'Résolu' },
    impact: 'Portée',
    confidence: 'Certitude',
    until: {
      at_most: 'Disparaît quand « {figure} » est d’au plus {target} ; actuellement {value}.',
      at_least: 'Disparaît quand « {figure} » est d’au moins {target} ; actuellement {value}.',
    },
    seen: 'Vu du {first} au {last}',
    none: 'Rien trouvé qui mérite votre temps. Le site est examiné une fois par jour.',
    early: 'Le site n’a pas encore été examiné. Il l’est une fois par jour.',
  },
  es: {
    title: 'Oportunidades',
    statuses: { new: 'Nueva', saved: 'Guardada', done: 'Hecha', dismissed: 'Descartada', resolved: 'Resuelta' },
    impact: 'Alcance',
    confidence: 'Certeza',
    until: {
      at_most: 'Desaparece cuando «{figure}» es como máximo {target}; ahora es {value}.',
      at_least: 'Desaparece cuando «{figure}» es como mínimo {target}; ahora es {value}.',
    },
    seen: 'Vista del {first} al {last}',
    none: 'No se ha encontrado nada que merezca su tiempo. El sitio se revisa una vez al día.',
    early: 'El sitio aún no se ha revisado. Se revisa una vez al día.',
  },
  ja: {
    title: '改善のヒント',
    statuses: { new: '新規', saved: '保存済み', done: '対応済み', dismissed: '却下', resolved: '解消' },
    impact: '影響',
    confidence: '確度',
    until: {
      at_most: '「{figure}」が{target}以下になると消えます（現在{value}）。',
      at_least: '「{figure}」が{target}以上になると消えます（現在{value}）。',
    },
    seen: '{first}から{last}まで検出',
    none: '対応が必要なものは見つかりませんでした。サイトは1日1回調べられます。',
    early: 'サイトはまだ調べられていません。1日1回調べられます。',
  },
  ar: {
    title: 'فرص التحسين',
    statuses: { new: 'جديد', saved: 'محفوظ', done: 'منجز', dismissed: 'مستبعد', resolved: 'زال' },
    impact: 'الأثر',
    confidence: 'الثقة',
    until: {
      at_most: 'يزول حين لا تتجاوز قيمة «{figure}» ‏{target}؛ وهي الآن {value}.',
      at_least: 'يزول حين تبلغ قيمة «{figure}» ‏{target} على الأقل؛ وهي الآن {value}.',
    },
    seen: 'رُصد من {first} إلى {last}',
    none: 'لم يُعثر على ما يستحق وقتك. يُفحص الموقع مرة في اليوم.',
    early: 'لم يُفحص الموقع بعد. يُفحص مرة في اليوم.',
  },
}

/** The words of a language. Tracked. */
export function wordsOfOpportunities(language: string): OpportunityWords {
  return phrasesOf(language, 'opportunities', phrases)
}
