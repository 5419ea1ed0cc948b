/**
 * The decision of each detector on made figures: what it finds, that it finds nothing where nothing is, and
 * what it says at its threshold and beside it.
 *
 * @module
 */
import { describe, expect, test } from 'bun:test'
import { vitalBounds } from '@hk-live/sdk/protocol'
import { aiPages } from '../../server/opportunities/ai-pages.ts'
import { bouncingPages } from '../../server/opportunities/bouncing-pages.ts'
import { checkoutDrop } from '../../server/opportunities/checkout-drop.ts'
import {
  confidenceOfCount,
  confidenceOfNone,
  confidenceOfPart,
  confidenceOfSample,
} from '../../server/opportunities/confidence.ts'
import type { Finding } from '../../server/opportunities/detector.ts'
import { idleCampaigns } from '../../server/opportunities/idle-campaigns.ts'
import { missingPages } from '../../server/opportunities/missing-pages.ts'
import { setupGaps } from '../../server/opportunities/setup-gaps.ts'
import { slowPages } from '../../server/opportunities/slow-pages.ts'
import { sourceShifts } from '../../server/opportunities/source-shifts.ts'

const subjects = (findings: readonly Finding[]) => findings.map(({ subject }) => subject)

describe('confidence', () => {
  test('of a part is that of the normal distribution', () => {
    // z = 1.96 is sure to 95 %: 0.5 + 1.96 · √(0.25 / 100).
    expect(confidenceOfPart(0.598, 0.5, 100)).toBeCloseTo(0.95, 3)
    expect(confidenceOfPart(0.5, 0.5, 100)).toBeCloseTo(0, 6)
    expect(confidenceOfPart(1, 0.5, 1_000_000)).toBe(1)
    expect(confidenceOfPart(1, 0.5, 0)).toBe(0)
  })

  test('of a part where it never happened before stays a number', () => {
    expect(confidenceOfPart(0.5, 0, 10)).toBeGreaterThan(0.9)
    expect(confidenceOfPart(1, 1, 10)).toBeLessThan(0.8)
  })

  test('of counts and samples', () => {
    expect(confidenceOfCount(119.6, 100)).toBeCloseTo(0.95, 3)
    expect(confidenceOfCount(5, 0)).toBeGreaterThan(0.99)
    expect(confidenceOfNone(3)).toBeCloseTo(0.9502, 4)
    expect(confidenceOfNone(0)).toBe(0)
    expect(confidenceOfSample(25, 25)).toBe(0.5)
  })
})

describe('checkout_drop', () => {
  const before = { begun: 1_000, bought: 500 }
  const decide = (begun: number, bought: number, of = before) =>
    checkoutDrop.decide({ week: { begun, bought }, before: of })

  test('finds a week in which far fewer checkouts were completed', () => {
    const [finding] = decide(200, 60)
    expect(finding).toMatchObject({
      sample: 200,
      impact: 0.2,
      until: { value: 0.3, is: 'at_least', target: 0.4 },
    })
    expect(finding?.evidence.map(({ value }) => value)).toEqual([200, 60, 0.3, 0.5])
    expect(finding?.confidence).toBeGreaterThan(0.99)
  })

  test.each([
    ['a week like the others', 200, 100],
    ['a better week', 200, 190],
    ['exactly a fifth less', 1_000, 400],
    ['too few checkouts', 29, 0],
    ['nothing', 0, 0],
  ])('finds nothing in %s', (_, begun, bought) => {
    expect(decide(begun, bought)).toEqual([])
  })

  test('finds just more than a fifth less, and what is just enough', () => {
    expect(decide(1_000, 399)).toHaveLength(1)
    expect(decide(30, 0)).toHaveLength(1)
    expect(decide(30, 0, { begun: 60, bought: 30 })).toHaveLength(1)
    expect(decide(30, 0, { begun: 59, bought: 30 })).toEqual([])
  })

  test('says nothing of what chance does', () => {
    // 14 of 40 is 30 % below the usual half, and happens in one week of eighteen.
    expect(decide(40, 14)).toEqual([])
  })
})

describe('bouncing_pages', () => {
  const decide = (visits: number, bounceRate: number) =>
    bouncingPages.decide({
      visits: 10_000,
      bounceRate: 0.4,
      pages: [
        { page: '/usual', visits: 5_000, bounceRate: 0.4 },
        { page: '/landing', visits, bounceRate },
      ],
    })

  test('finds a landing page that visits end on', () => {
    const [finding, ...others] = decide(1_000, 0.9)
    expect(others).toEqual([])
    expect(finding).toMatchObject({
      subject: '/landing',
      sample: 1_000,
      impact: 0.05,
      confidence: 1,
      until: { value: 0.9, is: 'at_most' },
    })
    expect(finding?.until.target).toBeCloseTo(0.6, 9)
  })

  test.each([
    [1_000, 0.6, 0],
    [1_000, 0.601, 1],
    [99, 0.9, 0],
    [100, 0.9, 1],
  ])('of %d visits at %d finds %d', (visits, rate, found) => {
    expect(decide(visits, rate)).toHaveLength(found)
  })

  test('of an empty site finds nothing', () => {
    expect(bouncingPages.decide({ visits: 0, bounceRate: 0, pages: [] })).toEqual([])
  })

  test('names the worst twenty at most', () => {
    const pages = Array.from({ length: 30 }, (_, index) => ({ page: `/${index}`, visits: 200 + index, bounceRate: 0.9 }))
    const found = bouncingPages.decide({ visits: 10_000, bounceRate: 0.4, pages: pages.toReversed() })
    expect(subjects(found)).toEqual(Array.from({ length: 20 }, (_, index) => `/${29 - index}`))
  })
})

describe('slow_pages', () => {
  const samples = { LCP: 1_000, INP: 1_000, CLS: 1_000, FCP: 1_000, TTFB: 1_000 }
  const decide = (p75: number, n: number) =>
    slowPages.decide({ samples, pages: [{ page: '/slow', vital: 'LCP', p75, samples: n }] })

  test('finds a page whose p75 is poor', () => {
    expect(decide(5_000, 100)).toMatchObject([
      {
        subject: 'LCP /slow',
        sample: 100,
        impact: 0.1,
        confidence: 0.8,
        until: { figure: 'p75 of LCP', value: 5_000, is: 'at_most', target: 4_000 },
      },
    ])
  })

  test.each([
    [vitalBounds.LCP[1], 100, 0],
    [vitalBounds.LCP[1] + 1, 100, 1],
    [5_000, 49, 0],
    [5_000, 50, 1],
    [1_000, 1_000, 0],
  ])('of a p75 of %d over %d samples finds %d', (p75, n, found) => {
    expect(decide(p75, n)).toHaveLength(found)
  })
})

describe('missing_pages', () => {
  const decide = (fetches: number, visitors: number) =>
    missingPages.decide({ visitors: 1_000, fetches: 200, paths: [{ path: '/gone', fetches, visitors }] })

  test('finds a path that agents and visitors ask for in vain', () => {
    expect(decide(15, 5)).toMatchObject([
      {
        subject: '/gone',
        sample: 20,
        impact: 0.075,
        confidence: 0.8,
        until: { value: 20, is: 'at_most', target: 9 },
      },
    ])
  })

  test.each([
    [9, 0, 0],
    [10, 0, 1],
    [0, 10, 1],
    [5, 4, 0],
    [5, 5, 1],
  ])('of %d fetches and %d visitors finds %d', (fetches, visitors, found) => {
    expect(decide(fetches, visitors)).toHaveLength(found)
  })

  test('finds nothing where everything is there', () => {
    expect(missingPages.decide({ visitors: 0, fetches: 0, paths: [] })).toEqual([])
  })
})

describe('ai_pages', () => {
  const decide = (pages: { page: string; fetches: number; referred: number }[], fetches = 1_000, referred = 100) =>
    aiPages.decide({ fetches, referred, pages })

  test('finds what is crawled and never referred, and what is referred and never crawled', () => {
    const found = decide([
      { page: '/read', fetches: 50, referred: 0 },
      { page: '/hidden', fetches: 0, referred: 20 },
      { page: '/both', fetches: 500, referred: 80 },
    ])
    expect(found).toMatchObject([
      { subject: 'referred /hidden', sample: 20, impact: 0.2, confidence: 0.8, until: { target: 1 } },
      { subject: 'crawled /read', sample: 50, impact: 0.05, until: { value: 0, is: 'at_least', target: 1 } },
    ])
    expect(found[1]?.confidence).toBeCloseTo(1 - Math.exp(-5), 9)
  })

  test.each([
    // Expected by the rate of the site: 2.9 visits, and 3.0.
    [29, 0, 0],
    [30, 0, 1],
    [0, 4, 0],
    [0, 5, 1],
    [1, 1, 0],
    [0, 0, 0],
  ])('of %d fetches and %d visits finds %d', (fetches, referred, found) => {
    expect(decide([{ page: '/a', fetches, referred }])).toHaveLength(found)
  })

  test('says nothing without a log, or where assistants refer to nothing at all', () => {
    expect(decide([{ page: '/a', fetches: 0, referred: 50 }], 0, 50)).toEqual([])
    expect(decide([{ page: '/a', fetches: 500, referred: 0 }], 500, 0)).toEqual([])
  })
})

describe('idle_campaigns', () => {
  const decide = (visits: number, conversions: number, rate = 0.05) =>
    idleCampaigns.decide({
      visits: 1_000,
      rate,
      campaigns: [{ campaign: 'spring', visits, visitors: visits, conversions }],
    })

  test('finds a campaign that converts nobody', () => {
    expect(decide(200, 0)).toMatchObject([
      {
        subject: 'spring',
        sample: 200,
        impact: 0.2,
        until: { figure: 'Conversions of the campaign', value: 0, is: 'at_least', target: 1 },
      },
    ])
  })

  test.each([
    [200, 1, 0.05, 0],
    // Conversions expected: 2.95, and 3.
    [59, 0, 0.05, 0],
    [60, 0, 0.05, 1],
    [49, 0, 0.5, 0],
    [50, 0, 0.5, 1],
    [200, 0, 0, 0],
  ])('of %d visits and %d conversions at %d finds %d', (visits, conversions, rate, found) => {
    expect(decide(visits, conversions, rate)).toHaveLength(found)
  })
})

describe('source_shifts', () => {
  const decide = (now: number, ...before: number[]) =>
    sourceShifts.decide({
      weeks: [now, ...before].map((visits) => new Map([['other', 1_000], ...(visits === 0 ? [] : [['google', visits] as const])])),
    })

  test('finds a fall and a rise', () => {
    expect(decide(20, 100, 110, 90, 100)).toMatchObject([
      { subject: 'google', sample: 420, until: { value: 0.2, is: 'at_least', target: 0.5 } },
    ])
    expect(decide(400, 100, 110, 90, 100)).toMatchObject([
      { subject: 'google', until: { value: 4, is: 'at_most', target: 2 } },
    ])
    expect(decide(0, 100, 100, 100, 100)).toHaveLength(1)
    expect(decide(100, 0, 0, 0, 0)).toMatchObject([{ until: { value: 100, is: 'at_most', target: 2 } }])
  })

  test.each([
    [100, 0],
    [51, 0],
    [50, 1],
    [199, 0],
    [200, 1],
  ])('of %d visits after weeks of a hundred finds %d', (visits, found) => {
    expect(decide(visits, 100, 100, 100, 100)).toHaveLength(found)
  })

  test('says nothing of what is small, or as usual as the weeks are different', () => {
    expect(decide(0, 49, 49, 49, 49)).toEqual([])
    expect(decide(0, 50, 50, 50, 50)).toHaveLength(1)
    expect(decide(300, 10, 300, 20, 200)).toEqual([])
  })

  test('says nothing of a site that is newer than its weeks', () => {
    const weeks = [new Map([['google', 500]]), new Map([['google', 10]]), new Map<string, number>()]
    expect(sourceShifts.decide({ weeks })).toEqual([])
  })
})

describe('setup_gaps', () => {
  const full = { visits: 100, goals: 1, vitals: 1, fetches: 1 }

  test('finds each gap of a site with visits', () => {
    expect(setupGaps.decide(full)).toEqual([])
    expect(subjects(setupGaps.decide({ ...full, goals: 0, vitals: 0, fetches: 0 }))).toEqual([
      'goals',
      'vitals',
      'fetches',
    ])
    expect(setupGaps.decide({ ...full, goals: 0 })).toMatchObject([
      { subject: 'goals', sample: 100, confidence: 1, until: { figure: 'Goals', value: 0, is: 'at_least', target: 1 } },
    ])
  })

  test('finds nothing on a site with too few visits', () => {
    expect(setupGaps.decide({ visits: 99, goals: 0, vitals: 0, fetches: 0 })).toEqual([])
  })
})
