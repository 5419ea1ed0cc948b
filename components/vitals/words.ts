import type { Rating, Vital } from '@hk-live/sdk'
import { phrasesOf } from '../element/phrases.ts'
import type { Phrases } from '../element/phrases.ts'

/** What vitals say. */
interface VitalWords {
  title: string
  names: Record<Vital, string>
  ratings: Record<Rating, string>
  /** Takes rating and rate. */
  part: string
  all: string
  samples: string
  none: string
}

const phrases: Phrases<VitalWords> = {
  en: {
    title: 'Web Vitals',
    names: {
      LCP: 'Largest Contentful Paint',
      INP: 'Interaction to Next Paint',
      CLS: 'Cumulative Layout Shift',
      FCP: 'First Contentful Paint',
      TTFB: 'Time to First Byte',
    },
    ratings: { good: 'Good', needs_improvement: 'Needs improvement', poor: 'Poor' },
    part: '{rating}: {rate}',
    all: 'All',
    samples: 'Samples',
    none: 'No samples in this range yet. The tracker measures them where its script has “data-vitals”.',
  },
  de: {
    title: 'Web Vitals',
    names: {
      LCP: 'Größter Inhalt gezeichnet',
      INP: 'Antwort auf eine Eingabe',
      CLS: 'Verschiebung des Layouts',
      FCP: 'Erster Inhalt gezeichnet',
      TTFB: 'Zeit bis zum ersten Byte',
    },
    ratings: { good: 'Gut', needs_improvement: 'Verbesserungswürdig', poor: 'Schlecht' },
    part: '{rating}: {rate}',
    all: 'Alle',
    samples: 'Messungen',
    none: 'Noch keine Messungen in diesem Zeitraum. Der Tracker misst sie, wenn sein Skript „data-vitals“ hat.',
  },
  fr: {
    title: 'Web Vitals',
    names: {
      LCP: 'Affichage du plus grand élément',
      INP: 'Réponse à une interaction',
      CLS: 'Décalage de la mise en page',
      FCP: 'Premier affichage de contenu',
      TTFB: 'Délai du premier octet',
    },
    ratings: { good: 'Bon', needs_improvement: 'À améliorer', poor: 'Mauvais' },
    part: '{rating} : {rate}',
    all: 'Tous',
    samples: 'Mesures',
    none: 'Aucune mesure sur cette période. Le traceur les prend si son script a « data-vitals ».',
  },
  es: {
    title: 'Web Vitals',
    names: {
      LCP: 'Aparición del elemento mayor',
      INP: 'Respuesta a una interacción',
      CLS: 'Desplazamiento del diseño',
      FCP: 'Primera aparición de contenido',
      TTFB: 'Tiempo hasta el primer byte',
    },
    ratings: { good: 'Bueno', needs_improvement: 'Mejorable', poor: 'Malo' },
    part: '{rating}: {rate}',
    all: 'Todos',
    samples: 'Muestras',
    none: 'Aún no hay muestras en este periodo. El rastreador las toma si su script tiene «data-vitals».',
  },
  ja: {
    title: 'ウェブバイタル',
    names: {
      LCP: '最大要素の描画',
      INP: '操作への応答',
      CLS: 'レイアウトのずれ',
      FCP: '最初の描画',
      TTFB: '最初のバイトまでの時間',
    },
    ratings: { good: '良好', needs_improvement: '要改善', poor: '不良' },
    part: '{rating}：{rate}',
    all: 'すべて',
    samples: '計測数',
    none: 'この期間の計測はまだありません。トラッカーのスクリプトに「data-vitals」を付けると計測されます。',
  },
  ar: {
    title: 'مؤشرات أداء الويب',
    names: {
      LCP: 'ظهور أكبر محتوى',
      INP: 'الاستجابة للتفاعل',
      CLS: 'تزحزح التخطيط',
      FCP: 'ظهور أول محتوى',
      TTFB: 'زمن أول بايت',
    },
    ratings: { good: 'جيد', needs_improvement: 'يحتاج إلى تحسين', poor: 'ضعيف' },
    part: '{rating}: {rate}',
    all: 'الكل',
    samples: 'القياسات',
    none: 'لا قياسات في هذه الفترة بعد. تقيسها أداة التتبع إذا كان في نصها البرمجي «data-vitals».',
  },
}

/** The words of a language. Tracked. */
export function wordsOfVitals(language: string): VitalWords {
  return phrasesOf(language, 'vitals', phrases)
}
