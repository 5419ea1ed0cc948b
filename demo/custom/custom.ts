// A wall display made of the SDK alone: two watched reports, one stream, and the page's own drawing.
import { createClient } from '@hk-live/sdk'

const { endpoint = '', share = '' } = document.body.dataset
const hk = createClient({ endpoint, share })
const format = new Intl.NumberFormat('en')

function show(name: string, text: string): HTMLElement | null {
  const target = document.querySelector<HTMLElement>(`[data-${name}]`)
  if (target !== null) target.textContent = text
  return target
}

const live = hk.watch('live')
live.on('update', ({ data, changed }) => {
  const now = show('now', format.format(data.visitors))
  now?.classList.toggle('changed', changed.has('visitors'))
  setTimeout(() => now?.classList.remove('changed'), 1_200)
  const [page] = data.pages
  show('page', page === undefined ? 'nobody is reading' : `most at ${page.value}`)
  draw(data.minutes.map((minute) => minute.pageviews))
})

function draw(minutes: readonly number[]): void {
  const most = Math.max(1, ...minutes)
  const bars = minutes.map((count) => {
    const bar = document.createElement('i')
    bar.style.setProperty('height', `${(count / most) * 100}%`)
    return bar
  })
  const chart = document.querySelector('[data-minutes]')
  const sum = minutes.reduce((total, count) => total + count, 0)
  chart?.replaceChildren(...bars)
  const peak = format.format(Math.max(0, ...minutes))
  const label = `${format.format(sum)} pageviews in the last 30 minutes, at most ${peak} in one`
  chart?.setAttribute('aria-label', label)
}

const today = hk.watch('overview', { range: 'today' })
today.on('update', ({ data }) => {
  show('visitors', format.format(data.visitors ?? 0))
  show('pageviews', format.format(data.pageviews ?? 0))
})

hk.on('status', ({ state }) => show('status', state))
hk.on('change', ({ kinds, counts, changed_at }) => {
  const line = document.createElement('li')
  const parts = kinds.map((kind) => `${kind} +${counts[kind] ?? '?'}`)
  line.textContent = `${new Date(changed_at).toLocaleTimeString('en-GB')}  ${parts.join('  ')}`
  const log = document.querySelector('[data-log]')
  log?.prepend(line)
  log?.children[6]?.remove()
})
