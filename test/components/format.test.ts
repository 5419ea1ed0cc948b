import { expect } from '@open-wc/testing'
import { timeTicks, valueTicks } from '../../components/chart/axis.ts'
import { shape, frame } from '../../components/chart/shape.ts'
import { daysOf } from '../../components/chart/stretch.ts'
import { trend } from '../../components/element/summary.ts'
import { bucket, delta, duration, nounOf, value } from '../../components/element/format.ts'
import { merge } from '../../components/element/scope.ts'
import { arabic } from '../../components/element/words/ar.ts'
import { english } from '../../components/element/words/en.ts'
import { spark } from '../../components/element/spark.ts'

describe('values', () => {
  it('are written by their unit', () => {
    expect(value('en', 'visitors', 31_482)).to.equal('31,482')
    expect(value('en', 'visitors', 31_482, true)).to.equal('31.5K')
    expect(value('de', 'bounce_rate', 0.412)).to.equal('41,2\u00a0%')
    expect(value('en', 'visit_duration', 168, true)).to.equal('2.8m')
    expect(value('en', 'views_per_visit', 3.128)).to.equal('3.13')
    expect(value('en', 'visit_duration', 168)).to.equal('2m 48s')
    expect(value('en', 'bounce_rate', null)).to.equal('–')
  })

  it('have lengths of time in their two largest units', () => {
    const lengths = [0, 0.4, 48, 60, 168, 3600, 3905, -4].map((seconds) => duration('en', seconds))
    expect(lengths).to.deep.equal(['0s', '0s', '48s', '1m', '2m 48s', '1h', '1h 5m', '−4s'])
  })

  it('have nouns in the plural form of their language', () => {
    expect([0, 1, 2].map((amount) => nounOf('en', english, 'visitors', amount))).to.deep.equal([
      'visitors',
      'visitor',
      'visitors',
    ])
    expect([2, 5, 42].map((amount) => nounOf('ar', arabic, 'visitors', amount))).to.deep.equal([
      'زائران',
      'زوار',
      'زائرًا',
    ])
    expect(nounOf('en', english, 'bounce_rate', 1)).to.equal(undefined)
  })
})

describe('changes', () => {
  const change = (metric: Parameters<typeof delta>[2], now: number | null, before: number | null) => {
    const moved = delta('en', english, metric, now, before)
    return moved && [moved.text, moved.direction, moved.tone]
  }

  it('are relative for counts and absolute for rates and lengths', () => {
    expect(change('visitors', 1124, 1000)).to.deep.equal(['+12.4%', 'up', 'better'])
    expect(change('visitors', 500, 1000)).to.deep.equal(['−50%', 'down', 'worse'])
    expect(change('bounce_rate', 0.412, 0.435)).to.deep.equal(['−2.3 pt', 'down', 'better'])
    expect(change('visit_duration', 168, 172)).to.deep.equal(['−4s', 'down', 'worse'])
  })

  it('are none where there is nothing to compare with', () => {
    expect(change('visitors', 12, 0)).to.equal(undefined)
    expect(change('bounce_rate', null, 0.4)).to.equal(undefined)
    expect(change('visitors', 1000, 1000)).to.deep.equal(['±0', 'flat', 'same'])
  })
})

describe('buckets', () => {
  it('of an hour have no minutes where a day has twice twelve hours', () => {
    const at = '2026-11-22T01:00:00Z'
    expect(bucket('en', at, 'hour', 'Europe/Berlin')).to.match(/^2\sAM$/)
    expect(bucket('en', at, 'hour', 'Europe/Berlin', true)).to.match(/^Sun, Nov 22, 2\sAM GMT\+1$/)
    expect(bucket('en', at, 'minute', 'Europe/Berlin')).to.match(/^2:00\sAM$/)
    expect(bucket('de', at, 'hour', 'Europe/Berlin')).to.match(/^0?2:00$/)
  })
})

describe('axes', () => {
  it('have three to five round ticks from 0 to at least the greatest value', () => {
    for (let max = 1; max < 3e7; max = Math.ceil(max * 1.37)) {
      const ticks = valueTicks(max, 'visitors')
      expect(ticks.length, String(max)).to.be.within(3, 5)
      expect(ticks[0]).to.equal(0)
      expect(ticks.at(-1)).to.be.at.least(max)
      expect(ticks.every(Number.isInteger), String(ticks)).to.equal(true)
    }
  })

  it('have lengths of time in whole minutes and hours', () => {
    expect(valueTicks(170, 'visit_duration')).to.deep.equal([0, 60, 120, 180])
    expect(valueTicks(0, 'visit_duration')).to.deep.equal([0, 10, 20, 30])
    expect(valueTicks(0.8, 'bounce_rate').at(-1)).to.equal(0.8)
  })

  it('name round hours in the site’s time zone, and midnight by its day', () => {
    const points = Array.from({ length: 48 }, (_, hour) => ({
      at: new Date(Date.UTC(2026, 9, 24, 20 + hour)).toISOString(),
    }))
    const ticks = timeTicks(points, 'hour', 'Europe/Berlin', 'en-GB', 700)
    const texts = ticks.map(({ text }) => text.replace(/^0/, ''))
    // Clocks go back that night: from midnight to four there are five hours.
    expect(texts.slice(0, 3)).to.deep.equal(['25 Oct', '4:00', '8:00'])
    expect(ticks[1]?.index).to.equal(7)
    expect(timeTicks(points, 'hour', 'Europe/Berlin', 'en-GB', 160)).to.have.length.below(4)
  })

  it('count days back from the last', () => {
    const points = Array.from({ length: 30 }, (_, day) => ({
      at: new Date(Date.UTC(2026, 9, 23 + day, 12)).toISOString(),
    }))
    const ticks = timeTicks(points, 'day', 'Europe/Berlin', 'en-GB', 600)
    expect(ticks.map(({ text }) => text)).to.deep.equal(['24 Oct', '31 Oct', '7 Nov', '14 Nov', '21 Nov'])
  })
})

describe('a time zone that a browser does not know', () => {
  const zone = 'Mars/Olympus'

  it('has its days told by where they start, from Hawaii to New Zealand', () => {
    const starts = ['2026-11-22T10:00Z', '2026-11-22T05:00Z', '2026-11-22T00:00Z', '2026-11-21T23:00Z', '2026-11-21T18:30Z', '2026-11-21T11:00Z']
    expect(starts.map((at) => bucket('en', at, 'day', zone))).to.deep.equal(starts.map(() => 'Nov 22'))
    expect(bucket('en', '2026-10-31T23:00Z', 'month', zone)).to.equal('Nov 2026')
  })

  it('has its hours in UTC, and says so', () => {
    expect(bucket('en', '2026-11-21T23:00Z', 'hour', zone, true)).to.equal('Sat, Nov 21, 11 PM UTC')
    const points = Array.from({ length: 24 }, (_, hour) => ({ at: new Date(Date.UTC(2026, 10, 22, hour)).toISOString() }))
    expect(timeTicks(points, 'hour', zone, 'en-GB', 600)[0]).to.deep.equal({ index: 0, text: '22 Nov' })
  })

  it('has stretches of whole days', () => {
    const points = [18, 19, 20, 21].map((day) => ({ at: `2026-11-${day}T23:00:00.000Z` }))
    const range = { from: '2026-11-18T23:00:00.000Z', to: '2026-11-22T23:00:00.000Z', interval: 'day', timezone: zone } as const
    expect(daysOf(points, range, [1, 2])).to.deep.equal(['2026-11-20', '2026-11-21'])
    expect(daysOf(points, range, [0, 3])).to.deep.equal(['2026-11-19', '2026-11-22'])
  })
})

describe('lines', () => {
  const box = frame(100, 100, 2, false)
  const points = (values: (number | null)[]) => values.map((visitors) => ({ at: '', visitors }))

  it('have a dot for a lone value between two gaps', () => {
    expect(shape([null, 5, null], 3, box, 10).line).to.match(/^M[\d.]+ [\d.]+h0$/)
  })

  it('end where the bucket that is not over starts', () => {
    const drawn = shape([1, 2, 1], 2, box, 10)
    expect(drawn.line.split('L')).to.have.length(2)
    expect(drawn.partial.split('L')).to.have.length(2)
  })

  it('have areas that stand on those below, in both directions', () => {
    const { area } = shape([3, 4], 2, box, 10, [1, 2])
    const places = area.match(/[ML]/g) ?? []
    expect(places).to.have.length(4)
    expect(area).to.match(/Z$/)
  })

  it('of a sparkline stay flat where next to nothing moves', () => {
    const { whole } = spark(points([1000, 1001]), (point) => point.visitors, 10, 20)
    const [low, high] = [...whole.matchAll(/[ML]\S+ (\S+?)(?=L|$)/g)]
    expect(Math.abs(Number(low?.[1]) - Number(high?.[1]))).to.be.below(1)
  })

  it('tell a trend from noise', () => {
    expect(trend([1, 2, 3, 4, 5, 6])).to.equal('rising')
    expect(trend([6, 5, 4, 3, 2, 1])).to.equal('falling')
    expect(trend([100, 90, 110, 101, 99, 100])).to.equal('steady')
  })
})

describe('scopes', () => {
  it('replace range and credential as a whole, and add filters up', () => {
    const around = { share: 'a', site: 's', range: '7d', filters: ['country:DE'] } as const
    const from = '2026-01-01'
    expect(merge(around, { from })).to.include({ range: undefined, from, share: 'a' })
    expect(merge(around, { share: 'b' })).to.include({ share: 'b', site: undefined })
    expect(merge(around, { token: 't' })).to.include({ token: 't', share: undefined, site: 's' })
    const { filters } = merge(around, { filters: ['device:mobile'] })
    expect(filters).to.deep.equal(['country:DE', 'device:mobile'])
  })
})
