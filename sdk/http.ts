import { isRecord, readError, toError } from './errors.ts'
import type { Platform } from './platform.ts'
import { HkError } from './protocol.ts'
import type { Answer, Changes, Question, ReportName, ShareInfo } from './protocol.ts'

/** What identifies a site, as everything else about it is asked by report; and what a share link allows. */
export type SiteInfo = ShareInfo['site'] & Partial<Pick<ShareInfo, 'allows'>>

/** Whom to ask, about which site, and as whom. */
export interface Credential {
  /** Origin of the service, with its base path if it has one. */
  endpoint: string
  /** Id of the site; may be left out with `share`. */
  site?: string | undefined
  /** Token of a share link. */
  share?: string | undefined
  /** Password of the share link, where it has one: sent as a header, which has room for Latin-1 only. */
  password?: string | undefined
  /** Token of an API client, sent as Bearer. */
  token?: string | undefined
  /** Where the token comes from: asked before the first request, and once more after a 401. */
  getToken?: (() => string | Promise<string>) | undefined
}

/** Requests to the service; every failure is an `HkError`. */
export interface Http {
  /** Whether a token that is no longer accepted may be followed by another one. */
  readonly renews: boolean
  site(): Promise<SiteInfo>
  siteId(): Promise<string>
  report<N extends ReportName>(report: N, query: string, signal?: AbortSignal): Promise<Answer<N>>
  /** What changed since a position; `undefined` where nothing did. */
  changes(since: string, signal: AbortSignal): Promise<Changes | undefined>
  /**
   * Opens the stream; `query` comes without `?`. The caller limits the time, and ends what is no stream
   * by its signal. As the HTML standard says (section 9.2.2), another content type is no stream: the page
   * of a login, for one.
   */
  stream(query: string, signal: AbortSignal): Promise<Response>
  /** Sends a request below the path of the site; see `Client.request`. */
  request(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response>
}

const timeoutMs = 30_000

/**
 * Writes a question as the query of its URL, without `?`. Questions that mean the same are written
 * the same, so the text serves as their key.
 */
export function formatQuestion(question: Question): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(question).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (value === undefined) continue
    if (name === 'filter') for (const one of [...value].sort()) query.append(name, one)
    else query.append(name, String(value))
  }
  return String(query)
}

/** Makes the requests of one client. */
export function createHttp(credential: Credential, platform: Platform): Http {
  const { share, password, getToken } = credential
  const endpoint = credential.endpoint.replace(/\/+$/, '')
  let token: string | Promise<string> | undefined = credential.token
  let site: Promise<SiteInfo> | undefined

  /** One promise for all that need the token now; a failure is not kept. */
  function askToken(ask: () => string | Promise<string>): Promise<string> {
    const asked = Promise.resolve().then(ask)
    asked.catch(() => {
      if (token === asked) token = undefined
    })
    return asked
  }

  async function get(path: string, init: RequestInit & { headers?: Record<string, string> }): Promise<Response> {
    for (let renewed = !getToken; ; renewed = true) {
      const used = (token ??= getToken && askToken(getToken))
      const bearer = await used
      const headers = {
        ...init.headers,
        ...(bearer && { authorization: `Bearer ${bearer}` }),
        ...(password && { 'x-hk-password': password }),
      }
      const response = await platform.fetch(endpoint + path, { ...init, headers })
      if (response.ok) return response
      if (renewed || response.status !== 401) throw await readError(response, platform.now())
      // An answer that nobody reads would hold its connection.
      response.body?.cancel()
      // Another request may have renewed it meanwhile.
      if (token === used) token = undefined
    }
  }

  function getJson(path: () => string | Promise<string>, signal?: AbortSignal): Promise<unknown> {
    return new Promise((resolve, reject) => {
      const controller = new AbortController()
      const stop = (error: HkError) => {
        finish()
        reject(error)
        controller.abort()
      }
      const quit = () => stop(new HkError('closed', 'The caller gave up the request.'))
      const cancel = platform.after(timeoutMs, () =>
        stop(new HkError('timeout', 'The service did not answer in time. Try again later.')),
      )
      const finish = () => {
        cancel()
        signal?.removeEventListener('abort', quit)
      }
      const run = async () => {
        const response = await get(await path(), { signal: controller.signal })
        if (response.status === 204) return undefined
        return response.json().catch((cause) => {
          throw new HkError('protocol', 'The answer is not JSON. Check the endpoint.', { cause })
        })
      }
      if (signal?.aborted) return quit()
      signal?.addEventListener('abort', quit)
      run().then(resolve, (cause) => reject(toError(cause))).finally(finish)
    })
  }

  const root = share ? `/api/share/${encodeURIComponent(share)}` : '/api'
  const sitePath = (id: string) => `${root}/sites/${encodeURIComponent(id)}`

  async function askSite(): Promise<SiteInfo> {
    const answer = Object(await getJson(() => (share ? root : sitePath(credential.site ?? ''))))
    const info = share ? answer.site : answer
    if (!info?.id) throw unreadable()
    return { ...info, allows: answer.allows }
  }

  // A password that was refused is not sent again: each time would count as a guess.
  const getSite = () =>
    (site ??= askSite().catch((error) => {
      if (!password || toError(error).code !== 'unauthorized') site = undefined
      throw error
    }))

  /** The site's id; where it was not given, the share link is asked for it, as it is whether a password is right. */
  const siteId = async () => {
    const info = credential.site && !(share && password) ? undefined : await getSite()
    return credential.site ?? info?.id ?? ''
  }
  const route = async (rest: string) => sitePath(await siteId()) + rest

  return {
    renews: !!getToken,
    site: getSite,
    siteId,
    async report(report, query, signal) {
      const answer = await getJson(() => route(`/reports/${report}${query && `?${query}`}`), signal)
      if (!isRecord(answer) || answer['report'] !== report || typeof answer['version'] !== 'string') {
        throw unreadable()
      }
      return answer as unknown as Answer<typeof report>
    },
    async changes(since, signal) {
      const answer = await getJson(() => route(`/changes?since=${encodeURIComponent(since)}`), signal)
      if (answer === undefined) return undefined
      if (!isRecord(answer) || typeof answer['position'] !== 'string') throw unreadable()
      return answer as unknown as Changes
    },
    async stream(query, signal) {
      const response = await get(await route(`/realtime${query && `?${query}`}`), { signal, cache: 'no-store' })
      if (!/^text\/event-stream\b/i.test(response.headers.get('content-type') ?? '')) {
        throw new HkError('protocol', 'The answer is no event stream. Check the endpoint.')
      }
      return response
    },
    async request(path, init) {
      try {
        return await get(await route(path), init)
      } catch (cause) {
        throw toError(cause)
      }
    },
  }
}

function unreadable(): HkError {
  return new HkError('protocol', 'The answer has an unknown shape. Service and SDK may differ in version.')
}
