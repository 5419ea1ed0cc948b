import { BlockList, isIPv6 } from 'node:net'
import { HkError } from '@hk-live/sdk/protocol'
import { type Exclusion, type ExclusionType, exclusionTypes, matcherOf, normalizePattern, readPattern } from '../store/index.ts'
import { centreOf } from './centres.ts'
import { clean } from './clean.ts'
import { formatBlock, plainAddress, readBlock } from './network.ts'
import { createRecall } from './recall.ts'

/** The exclusions of a site, made ready to be asked of each item. */
export interface Rules {
  /** Whether the address, in any spelling, is one of the excluded. */
  excludesAddress(address: string): boolean
  /** By the code of ISO 3166-1. */
  excludesCountry(country: string): boolean
  excludesAgent(userAgent: string): boolean
  excludesPath(path: string): boolean
}

const longest = { agent: 512, path: 1_024 } as const

/**
 * Makes rules of exclusions. A text of the agent fits anywhere in it, a pattern (`*` stands for any text) the whole of
 * it, both in any case and in its first 512 characters; a path fits as a goal's does.
 */
export function compileRules(exclusions: readonly Pick<Exclusion, 'type' | 'value'>[]): Rules {
  const valuesOf = (type: ExclusionType) =>
    exclusions.filter((one) => one.type === type).map(({ value }) => value)
  // A list of both would find IPv4 addresses in short blocks of IPv6, by their form as IPv6 addresses.
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() }
  const blocks = valuesOf('address').flatMap((value) => readBlock(value) ?? [])
  for (const { address, bits, family } of blocks) lists[family].addSubnet(address, bits, family)
  const countries = new Set(valuesOf('country'))
  const agents = valuesOf('agent').map((value) => matcherOf(agentPattern(value.toLowerCase())))
  const paths = valuesOf('path').map(matcherOf)
  return {
    excludesAddress(text) {
      const address = blocks.length === 0 ? undefined : plainAddress(text)
      if (address === undefined) return false
      const family = isIPv6(address) ? 'ipv6' : 'ipv4'
      return lists[family].check(address, family)
    },
    excludesCountry: (country) => countries.has(country),
    excludesAgent(userAgent) {
      if (agents.length === 0) return false
      const text = userAgent.slice(0, longest.agent).toLowerCase()
      return agents.some((fits) => fits(text))
    },
    excludesPath: (path) => paths.some((fits) => fits(path)),
  }
}

function agentPattern(value: string): string {
  return readPattern(value).wild ? value : `*${value}*`
}

/**
 * Checks what was stated of an exclusion, and writes its value in the one way in which it is kept: `10.9.8.7/8` as
 * `10.0.0.0/8`, `de` as `DE`, `/caf%C3%A9` as `/café`.
 *
 * @param domain of the site
 * @throws {HkError} `bad_request` that names the field
 */
export function checkRule(type: string, value: string, domain: string): Pick<Exclusion, 'type' | 'value'> {
  const known = exclusionTypes.find((one) => one === type)
  if (known === undefined) throw bad('type', `must be one of ${exclusionTypes.join(', ')}.`)
  if (known === 'address') return { type: known, value: checkAddress(value) }
  if (known === 'country') return { type: known, value: checkCountry(value) }
  const text = value.trim()
  if (text === '' || text.length > longest[known] || clean(text, longest[known]) !== text) {
    throw bad('value', `must be a text of 1 to ${longest[known]} characters.`)
  }
  const normal = known === 'path' ? normalizePattern(text, domain) : { pattern: text }
  if ('fault' in normal) throw bad('value', normal.fault)
  const { pattern } = normal
  if (/^\/?\*+$/.test(pattern)) throw bad('value', 'would exclude everybody. Delete the tracker from the pages instead.')
  if (known === 'agent' && text.replaceAll('*', '').length < 3) {
    throw bad('value', 'must have three characters of a user agent at least: shorter ones fit nearly all.')
  }
  return { type: known, value: pattern }
}

function checkAddress(value: string): string {
  const block = readBlock(value)
  if (block === undefined) {
    throw bad('value', 'must be an address or a CIDR block, as 203.0.113.7 or 2001:db8::/48.')
  }
  if (block.bits === 0) throw bad('value', 'would exclude everybody. Give a longer prefix.')
  return formatBlock(block)
}

function checkCountry(value: string): string {
  const code = value.trim().toUpperCase()
  if (centreOf(code) !== undefined) return code
  throw bad('value', 'must be a country by its code of two letters (ISO 3166-1), as DE.')
}

function bad(parameter: string, message: string): HkError {
  return new HkError('bad_request', `"${parameter}" ${message}`, { parameter })
}

/** Milliseconds after which a change is noticed, on every node, and that rules hold on while they can't be read. */
const ages = { freshMs: 2_000, staleMs: 48 * 60 * 60 * 1_000 }

const none = compileRules([])

/**
 * Rules of sites, read again when they are two seconds old. While they can't be read, those that are known hold on.
 *
 * @param read reads the exclusions of a site
 */
export function createRules(
  read: (siteId: string) => Promise<readonly Exclusion[]>,
  now: () => number,
): (siteId: string) => Promise<Rules> {
  const recall = createRecall({ read: async (siteId) => compileRules(await read(siteId)), now, ...ages, most: 10_000 })
  return async (siteId) => (await recall(siteId)) ?? none
}
