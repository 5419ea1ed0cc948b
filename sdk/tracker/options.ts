import type { Rescue } from './rescue.ts'

/** Kinds of events that are counted automatically; see `auto.ts`. */
export const autoNames = ['outbound', 'downloads', 'forms', '404', 'marked'] as const

export type AutoName = (typeof autoNames)[number]

/** What the core of a tracker needs. A wish is anything but `undefined`, as the attributes of a script have it. */
export interface CoreOptions {
  /** Address of the service, without `/ingest`: `https://stats.example.com`. */
  endpoint: string
  /** Id of the site. */
  site: string
  /** Paths that are not counted, with `*` as wildcard: `['/admin/*']`. */
  exclude?: readonly string[] | undefined
  hash?: unknown
  localhost?: unknown
  ignoreDnt?: unknown
  /** Loads what is rarely needed. */
  rescue: () => Promise<Rescue>
}

/** Settings of a tracker. */
export interface TrackerOptions extends Omit<CoreOptions, 'rescue'> {
  /** Counts changes of the fragment as pageviews, for sites that route by it. */
  hash?: boolean
  /** Counts visits to `localhost`, `127.*`, `[::1]` and files too; for development. */
  localhost?: boolean
  /** Counts visitors who send Global Privacy Control or Do Not Track too. */
  ignoreDnt?: boolean
  /** `false`: does not measure how long and how far a page is read. */
  engagement?: boolean
  /** Counts clicks on links to other sites, downloads, forms, missing pages and marked elements, or some of these. */
  auto?: boolean | readonly AutoName[]
  /** Measures Web Vitals. */
  vitals?: boolean
}
