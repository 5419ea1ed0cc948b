/** Settings of a tracker. */
export interface TrackerOptions {
  /** Address of the service, without `/ingest`: `https://stats.example.com`. */
  endpoint: string
  /** Id of the site. */
  site: string
  /** Paths that are not counted, with `*` as wildcard: `['/admin/*']`. */
  exclude?: readonly string[]
  /** Counts changes of the fragment as pageviews, for sites that route by it. */
  hash?: boolean
  /** Counts visits to `localhost`, `127.*`, `[::1]` and files too; for development. */
  localhost?: boolean
  /** Counts visitors who send Global Privacy Control or Do Not Track too. */
  ignoreDnt?: boolean
}
