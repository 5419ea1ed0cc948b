import { expect, fixture, html, unsafeStatic, waitUntil } from '@open-wc/testing'
import type { HkElement } from '../../components/index.ts'
import '../../components/define.ts'
import { heard, inBothSchemes, paints, part, reaches, textOf } from './page.ts'
import { FakeService } from './service.ts'

let service: FakeService

beforeEach(() => {
  service = new FakeService()
  service.install()
})

/** A text that each element shows, and what it says of itself in other languages. */
const elements = {
  'hk-funnel': { shown: 'Bought', words: { de: 'gingen weiter', fr: 'ont continué', es: 'siguieron', ja: 'が次へ', ar: 'تابع' } },
  'hk-goals': { shown: 'Signed up', words: { de: 'Wert', fr: 'Valeur', es: 'Valor', ja: '金額', ar: 'القيمة' } },
  'hk-vitals': { shown: '342ms', words: { de: 'Verbesserungswürdig', fr: 'À améliorer', es: 'Mejorable', ja: '要改善', ar: 'يحتاج إلى تحسين' } },
  'hk-events': { shown: 'purchase', words: { de: 'Anzahl', fr: 'Nombre', es: 'Cantidad', ja: '回数', ar: 'العدد' } },
  'hk-opportunities': { shown: '/pricing', words: { de: 'Gemerkt', fr: 'Gardé', es: 'Guardada', ja: '保存済み', ar: 'محفوظ' } },
  'hk-ai': { shown: 'GPTBot', words: { de: 'Abrufe', fr: 'Lectures', es: 'Lecturas', ja: '取得数', ar: 'عمليات الجلب' } },
} as const

async function make(tag: string, lang = 'en', label?: string): Promise<HkElement> {
  const name = unsafeStatic(tag)
  return fixture<HkElement>(html`<${name} lang=${lang} endpoint=${service.endpoint} share="token" .label=${label}></${name}>`)
}

for (const [tag, { shown, words }] of Object.entries(elements)) {
  describe(`${tag}, as all lists,`, () => {
    it('keeps what it shows where a refresh fails, and says since when', async () => {
      const element = await make(tag)
      await paints(element, shown)
      const { height } = element.getBoundingClientRect()
      service.failure = 503
      service.change(['hits', 'events', 'goals', 'funnels', 'web_vitals', 'ai_fetch', 'opportunities'])
      await reaches(element, 'stale')
      await waitUntil(() => part(element, 'note').textContent?.startsWith('since'))
      expect(textOf(element)).to.contain(shown)
      expect(element.getBoundingClientRect().height).to.equal(height)
      await inBothSchemes(() => expect(element).to.be.accessible())
    })

    it('says in the same box what went wrong, and tries again', async () => {
      service.failure = 'network'
      const element = await make(tag)
      await reaches(element, 'error')
      await paints(element, 'cannot be reached')
      const { height } = element.getBoundingClientRect()
      await inBothSchemes(() => expect(element).to.be.accessible())
      service.failure = undefined
      part(element, 'error').querySelector('button')?.click()
      await paints(element, shown)
      expect(element.getBoundingClientRect().height).to.equal(height)
    })

    it('says that the link does not show it, and tells the page', async () => {
      service.failure = 403
      const element = await make(tag)
      const { error } = await heard(element, 'hk-error')
      expect(error.code).to.equal('forbidden')
      await reaches(element, 'denied')
      expect(textOf(element)).to.contain('does not give access')
      await inBothSchemes(() => expect(element).to.be.accessible())
    })

    it('has the title that the page gives it', async () => {
      const element = await make(tag, 'en', 'Of our own')
      await paints(element, shown)
      expect(part(element, 'label').textContent).to.equal('Of our own')
      expect(element.shadowRoot?.querySelector('[role=group]')?.getAttribute('aria-label')).to.equal('Of our own')
    })

    it('speaks six languages, and fits 288 pixels in each', async () => {
      for (const [lang, word] of Object.entries(words)) {
        const box = await fixture<HTMLElement>(html`<div lang=${lang} dir=${lang === 'ar' ? 'rtl' : 'ltr'} style="width: 288px"></div>`)
        const element = document.createElement(tag)
        Object.assign(element, { endpoint: service.endpoint, share: 'token' })
        box.append(element)
        await paints(element, word)
        const { left, right } = box.getBoundingClientRect()
        // Rows of choices reach into the margin, so that their words stand in line with the title.
        for (const inner of element.shadowRoot?.querySelectorAll('.body > *') ?? []) {
          expect(inner.getBoundingClientRect().right, `${lang} ${inner.className}`).to.be.at.most(right + 5)
          expect(inner.getBoundingClientRect().left, `${lang} ${inner.className}`).to.be.at.least(left - 5)
        }
        expect(element.scrollWidth, lang).to.be.at.most(288 + 4)
        await expect(element).to.be.accessible()
        // What is far down the page asks nothing.
        box.remove()
      }
    })
  })
}
