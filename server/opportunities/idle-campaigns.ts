import { confidenceOfNone } from './confidence.ts'
import { type Detector, literally, worst } from './detector.ts'

/** Campaigns of the last 28 days, and the site as a whole. */
export interface CampaignFigures {
  readonly visits: number
  /** Visitors of the site who converted, as a part of all. */
  readonly rate: number
  readonly campaigns: readonly {
    readonly campaign: string
    readonly visits: number
    readonly visitors: number
    readonly conversions: number
  }[]
}

/** Visits of a campaign, at least. */
const least = 50
/** Campaigns that are looked at: those with the most visits. */
const most = 50
const sure = 0.95

/** Campaigns that bring visits and no conversions, where the site's own rate would let expect some. */
export const idleCampaigns: Detector<CampaignFigures> = {
  name: 'idle_campaigns',
  version: 1,
  async read({ figures, month }) {
    const { visits, conversion_rate } = await figures.read('overview', month.query)
    const { rows } = await figures.read('breakdown', `${month.query}&by=utm_campaign&sort=visits&limit=${most}`)
    const named = rows.filter((row) => row.value !== '' && row.visits >= least)
    const campaigns = await Array.fromAsync(named, async (row) => {
      const { conversions } = await figures.read('overview', `${month.query}&filter=utm_campaign:${literally(row.value)}`)
      return { campaign: row.value, visits: row.visits, visitors: row.visitors, conversions: conversions ?? 0 }
    })
    return { visits: visits ?? 0, rate: conversion_rate ?? 0, campaigns }
  },
  decide({ visits: all, rate, campaigns }) {
    const found = campaigns.flatMap(({ campaign, visits, visitors, conversions }) => {
      const expected = visitors * rate
      const confidence = confidenceOfNone(expected)
      if (visits < least || conversions > 0 || confidence < sure) return []
      return [
        {
          subject: campaign,
          sample: visits,
          evidence: [
            { label: 'Visits of the campaign', value: visits },
            { label: 'Conversions of the campaign', value: conversions },
            { label: 'Conversions expected by the rate of the site', value: expected },
          ],
          impact: visits / all,
          confidence,
          action: 'See that the page it leads to keeps what the campaign promises; else spend on another one.',
          until: { figure: 'Conversions of the campaign', value: conversions, is: 'at_least' as const, target: 1 },
        },
      ]
    })
    return worst(found)
  },
}
