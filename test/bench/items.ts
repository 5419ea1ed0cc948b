/** A person of the made traffic. */
export interface Person {
  readonly address: string
  readonly userAgent: string
}

const agents = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5',
  'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile',
]
const pages = Array.from({ length: 200 }, (_, index) => `/products/item-${index}`)
const referrers = ['', 'https://www.google.com/', 'https://news.example/story', 'https://duckduckgo.com/']

/** Persons of the made traffic, each with an address of its own in the public internet. */
export function makePeople(count: number): Person[] {
  return Array.from({ length: count }, (_, index) => ({
    address: `81.${index % 250}.${Math.floor(index / 250) % 250}.9`,
    userAgent: agents[index % agents.length] ?? '',
  }))
}

/**
 * The body of a request to `/ingest`, as the tracker writes it. A single item is a pageview; more are what
 * one page sends until it is left: views, vitals, events with properties and the time of attention.
 */
export function makeBody(site: string, items: number, random: () => number = Math.random): string {
  const page = pages[Math.floor(random() * pages.length)] ?? '/'
  const url = `https://shop.example${page}`
  const referrer = referrers[Math.floor(random() * referrers.length)] ?? ''
  const at = new Date().toISOString()
  const common = { at, url, referrer, language: 'en-GB' }
  const kinds = [
    { type: 'pageview' },
    { type: 'vital', name: 'LCP', value: 1_830.5 },
    { type: 'vital', name: 'CLS', value: 0.04 },
    { type: 'event', name: 'view_item', props: { sku: 'A-1001', price: 19.9, currency: 'EUR' } },
    { type: 'engagement', value: 12 },
  ]
  const list = Array.from({ length: items }, (_, index) => ({
    id: crypto.randomUUID(),
    ...common,
    ...kinds[index % kinds.length],
  }))
  return JSON.stringify({ site, items: list })
}
