/** Kinds of source that decide a channel; `other` is a plain web site. */
export type SourceKind = 'search' | 'social' | 'video' | 'shopping' | 'email' | 'ai' | 'other'

/** What a channel is told from. `medium` and `campaign` are those of the campaign, `''` where absent. */
export interface ChannelInput {
  /** No referrer and no campaign source. */
  direct: boolean
  /** A campaign source was named (as against a referrer found). */
  tagged: boolean
  kind: SourceKind
  source: string
  medium: string
  campaign: string
}

const paid = /^(?:.*cp.*|ppc|retargeting|paid.*)$/
const shoppingCampaign = /^(?:.*[^a-df-z])?shop(?:ping)?/
const display = new Set(['display', 'banner', 'expandable', 'interstitial', 'cpm'])
const social = new Set(['social', 'social-network', 'social-media', 'sm', 'social network', 'social media'])
const email = new Set(['email', 'e-mail', 'e_mail', 'e mail', 'newsletter'])
const affiliate = new Set(['affiliate', 'affiliates'])
const referral = new Set(['referral', 'app', 'link'])
const ai = new Set(['ai-assistant', 'ai_assistant'])

/**
 * Channel of a visit by the default channel group of Google Analytics 4, the one that people compare with:
 * "[GA4] Default channel group", support.google.com/analytics/answer/9756891, read 2026-11, whose rules are
 * tried from the top and the first match counts.
 *
 * Differences: the lists of sites are our own (Google's is not public beyond its own download), AI
 * assistants are known by referrer or campaign source, web mail and the medium `newsletter` count as
 * Email, and a tagged link of no rule is `Unassigned`.
 */
export function channelOf({ direct, tagged, kind, ...input }: ChannelInput): string {
  const source = input.source.toLowerCase()
  const medium = input.medium.toLowerCase()
  const campaign = input.campaign.toLowerCase()
  if (direct && (medium === '' || medium === '(none)' || medium === '(not set)')) return 'Direct'
  if (campaign.includes('cross-network')) return 'Cross-network'
  const shopping = kind === 'shopping' || shoppingCampaign.test(campaign)
  const isPaid = paid.test(medium)
  if (isPaid && shopping) return 'Paid Shopping'
  if (isPaid && kind === 'search') return 'Paid Search'
  if (isPaid && kind === 'social') return 'Paid Social'
  if (isPaid && kind === 'video') return 'Paid Video'
  if (display.has(medium)) return 'Display'
  if (isPaid) return 'Paid Other'
  if (shopping) return 'Organic Shopping'
  if (email.has(medium) || email.has(source)) return 'Email'
  if (kind === 'ai' || ai.has(medium)) return 'AI Assistant'
  if (kind === 'social' || social.has(medium)) return 'Organic Social'
  if (kind === 'video' || medium.includes('video')) return 'Organic Video'
  if (kind === 'search' || medium === 'organic') return 'Organic Search'
  if (kind === 'email') return 'Email'
  if (affiliate.has(medium)) return 'Affiliates'
  if (referral.has(medium)) return 'Referral'
  if (medium === 'audio') return 'Audio'
  if (source === 'sms' || medium === 'sms') return 'SMS'
  if (/push$|mobile|notification/.test(medium) || source === 'firebase') return 'Mobile Push Notifications'
  return tagged || medium !== '' ? 'Unassigned' : 'Referral'
}
