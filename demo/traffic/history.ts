import { type MadeItem, inventVisit } from './visit.ts'

const day = 86_400_000
const hour = 3_600_000
const visitsADay = 620
const batch = 1_000

/** How busy an hour of the day is, the mean being 1: quiet before dawn, two humps by day. */
function ofHour(local: number): number {
  return 0.25 + 1.15 * Math.exp(-((local - 11) ** 2) / 14) + 1.35 * Math.exp(-((local - 20) ** 2) / 10)
}

/** How busy a day is: weekends are slower, the shop is growing, and no two days are the same. */
function ofDay(at: number, now: number): number {
  const date = Math.floor(at / day)
  const weekend = [0, 6].includes(new Date(at).getUTCDay()) ? 0.7 : 1.06
  const mood = 1 + 0.09 * Math.sin(date * 1.7) + 0.07 * Math.sin(date * 0.41) + 0.05 * Math.cos(date * 4.3)
  return weekend * mood * (1 - (0.4 * (now - at)) / (62 * day))
}

/**
 * Makes up the past of the demo shop, the oldest first, in batches to send.
 *
 * @param days how far back
 */
export function* inventHistory(
  origin: string,
  days: number,
  now: number,
  random: () => number,
): Generator<MadeItem[]> {
  let items: MadeItem[] = []
  for (let start = Math.floor((now - days * day) / hour) * hour; start < now; start += hour) {
    const expected = (visitsADay / 24) * ofHour(new Date(start).getUTCHours()) * ofDay(start, now)
    const visits = Math.round(expected * (0.8 + 0.4 * random()))
    for (let visit = 0; visit < visits; visit++) {
      items.push(
        ...inventVisit(origin, start + random() * hour, random).filter((item) => Date.parse(item.at) < now),
      )
    }
    while (items.length >= batch) yield items.splice(0, batch)
  }
  if (items.length > 0) yield items
}
