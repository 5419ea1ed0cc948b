import { type Config, ConfigError } from './config.ts'
import {
  clientAddress,
  Counters,
  createRefusals,
  createRules,
  createVisitorBound,
  edgePlace,
  type IngestParts,
  isTrusted,
  openPlaces,
  openSpamHosts,
} from './ingest/index.ts'
import { createLimit } from './limit.ts'
import type { Log } from './log.ts'
import { addRefusals, listExclusions, type Sql } from './store/index.ts'

/** What decides what may come in, and counts what may not. Disposing saves the counts and ends watches over files. */
export interface Guards extends AsyncDisposable {
  readonly parts: Pick<
    IngestParts,
    | 'places'
    | 'spam'
    | 'dropsDataCentres'
    | 'counters'
    | 'bound'
    | 'limits'
    | 'rules'
    | 'addressOf'
    | 'placeOf'
  >
}

/** Settings of {@link openGuards}. */
export interface GuardOptions {
  readonly config: Config
  readonly sql: Sql
  readonly log: Log
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** The address at the other end of the socket of a request. */
  readonly socketOf: (request: Request) => string
  /** Milliseconds between two saves of what was refused. */
  readonly refusalsMs?: number | undefined
}

/**
 * Puts together what decides what may come in, by the settings of the process.
 *
 * @throws {ConfigError} where a file that a setting names can't be used; nothing is left open then
 */
export async function openGuards({ config, sql, log, now, socketOf, refusalsMs }: GuardOptions): Promise<Guards> {
  await using stack = new AsyncDisposableStack()
  const { trustedProxies: trusted, addressHeader: header, placeHeaders, ingestRates } = config
  const onError = (message: string, cause: unknown) => log('warn', message, cause)
  const places = stack.use(
    await openPlaces({ path: config.geoDb ?? '', onError }).catch((cause: unknown) => {
      throw new ConfigError(`HK_GEO_DB names ${config.geoDb}, which is no database in MaxMind's format.`, { cause })
    }),
  )
  const spam = stack.use(
    await openSpamHosts({ path: config.spamList ?? '', onError }).catch((cause: unknown) => {
      throw new ConfigError(`HK_SPAM_LIST names ${config.spamList}, which is no file with one host a line.`, { cause })
    }),
  )
  const refusals = stack.use(
    createRefusals({
      save: (rows) => addRefusals(sql, rows),
      now,
      ...(refusalsMs === undefined ? {} : { everyMs: refusalsMs }),
      onError: (error) => log('warn', 'Counts of what was refused could not be saved', error),
    }),
  )
  const open = stack.move()
  return {
    parts: {
      places,
      spam,
      dropsDataCentres: config.dropsDataCentres,
      counters: new Counters(refusals),
      bound: createVisitorBound(ingestRates.visitor),
      limits: {
        address: createLimit({ perSecond: ingestRates.address / 60, burstSeconds: 60 }),
        site: createLimit({ perSecond: ingestRates.site, burstSeconds: 2 }),
      },
      rules: createRules((siteId) => listExclusions(sql, siteId), now),
      addressOf: (request) => clientAddress(socketOf(request), request.headers, { trusted, header }),
      placeOf(request) {
        if (placeHeaders === undefined || !isTrusted(socketOf(request), trusted)) return undefined
        return edgePlace(request.headers, placeHeaders)
      },
    },
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  }
}
