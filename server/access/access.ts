import { HkError, type ReportName } from '@hk-live/sdk/protocol'
import {
  type ApiClient,
  findClient,
  findShare,
  findSite,
  type Scope,
  type Share,
  type Site,
  type Sql,
} from '../store/index.ts'
import { hashToken, isPassword } from './token.ts'

/** What a request may read of a site: by an API client, or by a share link. */
export interface Grant {
  readonly site: Site
  readonly share: Share | undefined
  /** Which client or share link it is. */
  readonly credential: string
  /** Milliseconds since 1970 at which the credential expires. */
  readonly expiresAt: number | undefined
  /** Whether the credential still holds; rejects while the store cannot tell. */
  readonly stillAllowed: () => Promise<boolean>
}

/** Answers who may ask. Each method throws an {@link HkError} that says why not. */
export interface Access {
  /** The API client of a request's bearer token. */
  client(request: Request): Promise<ApiClient>
  /** The API client, where it has a scope for the whole tenant. */
  clientWith(request: Request, scope: Scope): Promise<ApiClient>
  /** The site, where the request's client has a scope on it. A site of another tenant does not exist. */
  site(request: Request, siteId: string, scope: Scope): Promise<Site>
  /** The same, as a grant to read. */
  grant(request: Request, siteId: string): Promise<Grant>
  /** The grant of a share link; `siteId`, where named, must be its site. */
  share(request: Request, token: string, siteId?: string): Promise<Grant & { share: Share }>
}

/** Milliseconds that a right password is remembered. */
const passwordMs = 5 * 60 * 1000

const implied: Readonly<Record<Scope, readonly Scope[]>> = {
  'reports:read': ['reports:read', 'manage', 'admin'],
  ingest: ['ingest', 'manage', 'admin'],
  manage: ['manage', 'admin'],
  admin: ['admin'],
}

/** Checks credentials against the store. Nothing is cached: what is revoked is gone at once. */
export function createAccess(sql: Sql, now: () => number): Access {
  const passes = rememberPasswords(now)
  const isOver = (expires: Date | null) => expires !== null && expires.getTime() <= now()

  async function client(request: Request): Promise<ApiClient> {
    const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
    if (token === undefined) {
      throw new HkError('unauthorized', 'Send an API token in the header "Authorization: Bearer …".')
    }
    const found = await findClient(sql, hashToken(token))
    if (found === undefined || isOver(found.expires_at)) {
      throw new HkError('unauthorized', 'This API token is unknown, revoked or expired. Make a new one.')
    }
    return found
  }

  async function siteOf(found: ApiClient, siteId: string): Promise<Site> {
    const site = await findSite(sql, siteId)
    const visible = site?.tenant_id === found.tenant_id && (found.site_ids?.includes(siteId) ?? true)
    if (site === undefined || !visible) throw new HkError('not_found', 'There is no such site.')
    return site
  }

  async function site(request: Request, siteId: string, scope: Scope): Promise<Site> {
    const found = await client(request)
    const owned = await siteOf(found, siteId)
    demand(found, scope)
    return owned
  }

  async function shareOf(token: string): Promise<Share | undefined> {
    const share = await findShare(sql, hashToken(token))
    return share === undefined || isOver(share.expires_at) ? undefined : share
  }

  return {
    client,
    async clientWith(request, scope) {
      const found = await client(request)
      if (found.site_ids !== null) throw new HkError('forbidden', 'This API token is limited to some sites.')
      demand(found, scope)
      return found
    },
    site,
    async grant(request, siteId) {
      const found = await client(request)
      const owned = await siteOf(found, siteId)
      demand(found, 'reports:read')
      return {
        site: owned,
        share: undefined,
        credential: `client ${found.client_id}`,
        expiresAt: found.expires_at?.getTime(),
        stillAllowed: () => site(request, siteId, 'reports:read').then(isTrue, isRefused),
      }
    },
    async share(request, token, siteId) {
      const share = await shareOf(token)
      const owned = share === undefined ? undefined : await findSite(sql, share.site_id)
      if (share === undefined || owned === undefined || (siteId !== undefined && siteId !== share.site_id)) {
        throw new HkError('not_found', 'There is no such share link, or it is not of this site.')
      }
      const origin = request.headers.get('origin')
      if (share.allowed_origins !== null && origin !== null && !share.allowed_origins.includes(origin)) {
        throw new HkError(
          'forbidden',
          `This share link may not be read from ${origin}. Add it to its allowed origins.`,
        )
      }
      if (share.password_hash !== null) {
        const password = request.headers.get('x-hk-password')
        if (password === null || !(await passes(password, share.password_hash))) {
          throw new HkError(
            'unauthorized',
            'This share link needs its password, in the header "X-HK-Password".',
          )
        }
      }
      return {
        site: owned,
        share,
        credential: `share ${share.share_id}`,
        expiresAt: share.expires_at?.getTime(),
        stillAllowed: async () => (await shareOf(token)) !== undefined,
      }
    },
  }
}

function demand(found: ApiClient, scope: Scope): void {
  if (implied[scope].some((one) => found.scopes.includes(one))) return
  throw new HkError('forbidden', `This API token needs the scope "${scope}".`)
}

/** Refuses a report that a share link does not allow. */
export function demandReport({ share }: Grant, report: ReportName): void {
  const listed = share?.reports?.includes(report) ?? true
  if (listed && (report !== 'live' || share === undefined || share.live)) return
  throw new HkError('forbidden', `This share link does not allow the report "${report}".`)
}

/** Checks passwords, slowly by design, and remembers for minutes which ones were right. */
function rememberPasswords(now: () => number): (password: string, stored: string) => Promise<boolean> {
  const right = new Map<string, number>()
  return async (password, stored) => {
    const key = `${Buffer.from(hashToken(password)).toString('hex')} ${stored}`
    if ((right.get(key) ?? 0) > now()) return true
    if (!(await isPassword(password, stored))) return false
    if (right.size >= 1_000) right.clear()
    right.set(key, now() + passwordMs)
    return true
  }
}

const isTrue = () => true

/** A refusal means no; that the store is away means neither, and is passed on. */
const isRefused = (error: unknown) => {
  if (error instanceof HkError) return false
  throw error
}
