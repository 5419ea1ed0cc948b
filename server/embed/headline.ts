import { HkError, type Answer, type Metric } from '@hk-live/sdk/protocol'
import { allowsReport, type Grant } from '../access/index.ts'
import { type Desk, readQuestion, registry } from '../reports/index.ts'
import type { Share } from '../store/index.ts'
import { escape } from './page.ts'
import { wordsOf } from './words.ts'

const shown: readonly Metric[] = ['visitors', 'visits', 'pageviews', 'bounce_rate', 'visit_duration']
const asked = ['range', 'from', 'to', 'filter'] as const

/**
 * The headline numbers as plain HTML, for whoever has no JavaScript and until there is some; `''` where the link does
 * not show them. What an address asks for and cannot have is answered by the usual range, as the elements do.
 */
export async function headline(desk: Desk, grant: Grant & { share: Share }, query: URLSearchParams, language: string): Promise<string> {
  if (!allowsReport(grant.share, 'overview')) return ''
  const answer = await read(desk, grant, query).catch((error: unknown) => {
    if (error instanceof HkError && error.code === 'bad_request') return read(desk, grant, new URLSearchParams())
    throw error
  })
  const { metrics } = wordsOf(language)
  const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'long', year: 'numeric', timeZone: grant.site.timezone })
  const last = new Date(Date.parse(answer.range.to) - 1)
  const days = day.formatRange(new Date(answer.range.from), last)
  const figures = shown.map((metric) => `<div><dt>${metrics[metric]}</dt><dd>${escape(write(language, metric, answer.data[metric]))}</dd></div>`)
  return `<p>${escape(days)}</p>\n<dl>${figures.join('')}</dl>`
}

async function read(desk: Desk, { site, version, share }: Grant & { share: Share }, query: URLSearchParams): Promise<Answer<'overview'>> {
  const url = new URL('http://localhost')
  for (const name of asked) for (const value of query.getAll(name)) if (value !== '') url.searchParams.append(name, value)
  const ticket = await desk.ask(site, version, 'overview', readQuestion(url, registry.overview, share.filters, site.domain))
  const { body } = await ticket.answer()
  return JSON.parse(new TextDecoder().decode(body.identity))
}

function write(language: string, metric: Metric, amount: number | null): string {
  if (amount === null) return '–'
  if (metric === 'bounce_rate') {
    return new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 }).format(amount)
  }
  if (metric !== 'visit_duration') return new Intl.NumberFormat(language).format(amount)
  const unit = (part: number, name: string) =>
    new Intl.NumberFormat(language, { style: 'unit', unit: name, unitDisplay: 'narrow' }).format(part)
  const seconds = Math.round(amount)
  return `${seconds >= 60 ? `${unit(Math.floor(seconds / 60), 'minute')} ` : ''}${unit(seconds % 60, 'second')}`
}
