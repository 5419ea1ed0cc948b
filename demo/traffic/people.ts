/** Networks by the city their addresses are looked up to, with how common visitors from there are. */
const networks: readonly [weight: number, language: string, networks: string][] = [
  [
    26,
    'de-DE',
    '141.64.118 77.1.120 193.16.249 138.200.13 213.203.197 53.98.224 2.173.250 91.52.34 162.55.251',
  ],
  [
    22,
    'en-US',
    '169.114.200 154.23.188 100.193.32 56.26.250 16.149.224 167.137.61 209.114.90 137.77.250 158.222.164',
  ],
  [12, 'en-GB', '65.177.109 51.33.185 81.129.173 217.199.170 129.215.18'],
  [10, 'fr-FR', '84.6.114 176.142.138 2.9.205 185.24.187 90.76.96'],
  [6, 'nl-NL', '156.83.149 194.151.48 145.166.224'],
  [4, 'de-AT', '88.116.132 185.130.253'],
  [4, 'de-CH', '77.59.130 145.245.183'],
  [4, 'ja-JP', '118.13.142 133.3.24 115.39.183'],
  [4, 'en-IN', '143.244.140 43.204.52 101.214.173'],
  [4, 'pt-BR', '177.142.204 190.115.97 177.147.208'],
  [4, 'sv-SE', '85.231.251 37.197.189'],
  [3, 'en-CA', '148.117.154 9.9.195 199.175.202'],
  [3, 'en-AU', '211.26.162 4.198.144'],
  [3, 'da-DK', '87.73.224 194.239.64'],
  [3, 'es-ES', '47.58.185 88.19.232'],
  [3, 'it-IT', '194.243.87 195.81.185'],
  [2, 'pl-PL', '89.65.176 77.55.204'],
  [2, 'ko-KR', '1.255.75'],
  [1, 'pt-PT', '161.230.173'],
  [1, 'ar-EG', '105.93.121'],
]

const agents: readonly [weight: number, agent: string][] = [
  [
    30,
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  ],
  [
    16,
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
  ],
  [
    20,
    'Mozilla/5.0 (iPhone; CPU iPhone OS 19_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.1 Mobile/15E148 Safari/604.1',
  ],
  [
    18,
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
  ],
  [8, 'Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0'],
  [
    5,
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
  ],
  [
    3,
    'Mozilla/5.0 (iPad; CPU OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1',
  ],
]

/** Where visits come from: referrer, and campaign in the query of the first page. */
const origins: readonly [weight: number, referrer: string, query: string][] = [
  [30, '', ''],
  [28, 'https://www.google.com/', ''],
  [8, 'https://chatgpt.com/', ''],
  [7, 'https://www.pinterest.com/', ''],
  [6, 'https://news.ycombinator.com/item', ''],
  [5, 'https://duckduckgo.com/', ''],
  [4, 'https://www.bing.com/', ''],
  [4, 'https://www.reddit.com/r/lighting/', ''],
  [4, 'https://www.perplexity.ai/', ''],
  [3, 'https://plain-ledger.example/a-month-of-honest-numbers', ''],
  [5, '', '?utm_source=newsletter&utm_medium=email&utm_campaign=autumn-letter'],
  [3, 'https://www.instagram.com/', '?utm_source=instagram&utm_medium=social&utm_campaign=arc-launch'],
]

/** A visitor who does not exist. */
export interface Person {
  readonly address: string
  readonly agent: string
  readonly language: string
  readonly referrer: string
  /** Query of the first page, with the campaign. */
  readonly query: string
}

/** Picks one of several by weight. */
export function pick<T extends readonly [number, ...unknown[]]>(
  choices: readonly T[],
  random: () => number,
): T {
  let left = random() * choices.reduce((sum, [weight]) => sum + weight, 0)
  const found = choices.find(([weight]) => (left -= weight) < 0) ?? choices.at(-1)
  if (found === undefined) throw new RangeError('There is nothing to pick from')
  return found
}

/** Makes up a visitor. */
export function inventPerson(random: () => number): Person {
  const [, language, list] = pick(networks, random)
  const nets = list.split(' ')
  const net = nets[Math.floor(random() ** 1.6 * nets.length)] ?? '192.0.2'
  const [, agent] = pick(agents, random)
  const [, referrer, query] = pick(origins, random)
  return { address: `${net}.${1 + Math.floor(random() * 253)}`, agent, language, referrer, query }
}
