import { HkError } from '@hk-live/sdk/protocol'
import {
  type ApiClient,
  type Lookups,
  type Scope,
  type Share,
  type Site,
  type SiteNow,
  scopes as everyScope,
  type VersionRow,
} from '../store/index.ts'
import { coarseVersion } from '../changes/index.ts'
import { createPasswords } from './passwords.ts'
import { hashToken } from './token.ts'

/** What a request may read of a site: by an API client, or by a share link. */
export interface Grant {
  readonly site: Site
  /** The version of the site, read after the request came; a coarse one for who sees a part of it. */
  readonly version: VersionRow
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
  /** The share link of a token, whoever asks: what is known before its password and the origin are looked at. */
  link(token: string): Promise<Share>
  /** The grant of a share link; `siteId`, where named, must be its site. */
  share(request: Request, token: string, siteId?: string): Promise<Grant & { share: Share }>
}

/** What access works with. */
export interface AccessParts {
  readonly lookups: Lookups
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Network that a request came from, see `networkOf`. */
  readonly networkOf: (request: Request) => string
}

const implied: Readonly<Record<Scope, readonly Scope[]>> = {
  'reports:read': ['reports:read', 'manage', 'admin'],
  ingest: ['ingest', 'manage', 'admin'],
  manage: ['manage', 'admin'],
  admin: ['admin'],
}

/** Checks credentials against the store. Nothing is cached: what is revoked is gone at once. */
export function createAccess({ lookups, now, networkOf }: AccessParts): Access {
  const passwords = createPasswords()
  const isOver = (expires: Date | null) => expires !== null && expires.getTime() <= now()

  const client = (request: Request) => clientOf(hashToken(bearerOf(request)))

  async function clientOf(tokenHash: Uint8Array): Promise<ApiClient> {
    const found = await lookups.client(tokenHash)
    if (found === undefined || isOver(found.expires_at)) {
      throw new HkError('unauthorized', 'This API token is unknown, revoked or expired. Make a new one.')
    }
    return found
  }

  /** The client of a request and the site, read at the same time. */
  async function owned(
    tokenHash: Uint8Array,
    siteId: string,
    scope: Scope,
  ): Promise<SiteNow & { client: ApiClient }> {
    const [by, found] = await Promise.all([clientOf(tokenHash), lookups.site(siteId)])
    const visible = found?.site.tenant_id === by.tenant_id && (by.site_ids?.includes(siteId) ?? true)
    if (found === undefined || !visible) throw new HkError('not_found', 'There is no such site.')
    demand(by, scope)
    return { ...found, client: by }
  }

  async function shareOf(tokenHash: Uint8Array): Promise<Share | undefined> {
    const share = await lookups.share(tokenHash)
    return share === undefined || isOver(share.expires_at) ? undefined : share
  }

  // Made out here, as a stream keeps them: a closure made where the request is would keep that as well.
  const stillOwned = (tokenHash: Uint8Array, siteId: string) => () =>
    owned(tokenHash, siteId, 'reports:read').then(isTrue, isRefused)
  const stillShared = (tokenHash: Uint8Array) => async () => (await shareOf(tokenHash)) !== undefined

  return {
    client,
    async clientWith(request, scope) {
      const found = await client(request)
      if (found.site_ids !== null) throw new HkError('forbidden', 'This API token is limited to some sites.')
      demand(found, scope)
      return found
    },
    site: async (request, siteId, scope) => (await owned(hashToken(bearerOf(request)), siteId, scope)).site,
    async grant(request, siteId) {
      const tokenHash = hashToken(bearerOf(request))
      const { site, version, client: by } = await owned(tokenHash, siteId, 'reports:read')
      return {
        site,
        version,
        share: undefined,
        credential: `client ${by.client_id}`,
        expiresAt: by.expires_at?.getTime(),
        stillAllowed: stillOwned(tokenHash, siteId),
      }
    },
    async link(token) {
      const share = await shareOf(hashToken(token))
      if (share === undefined) throw new HkError('not_found', 'There is no such share link.')
      return share
    },
    async share(request, token, siteId) {
      const tokenHash = hashToken(token)
      const [share, named] = await Promise.all([
        shareOf(tokenHash),
        siteId === undefined ? undefined : lookups.site(siteId),
      ])
      const found = share === undefined || siteId !== undefined ? named : await lookups.site(share.site_id)
      if (share === undefined || found?.site.site_id !== share.site_id) {
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
        const { share_id: shareId, password_hash: stored } = share
        const isRight = password !== null && (await passwords.check({ shareId, password, stored, network: networkOf(request) }))
        if (!isRight) {
          throw new HkError(
            'unauthorized',
            'This share link needs its password, in the header "X-HK-Password".',
          )
        }
      }
      return {
        site: found.site,
        version: share.filters.length === 0 ? found.version : coarseVersion(found.version),
        share,
        credential: `share ${share.share_id}`,
        expiresAt: share.expires_at?.getTime(),
        stillAllowed: stillShared(tokenHash),
      }
    },
  }
}

/** The token of a request. */
function bearerOf(request: Request): string {
  const [, token] = /^Bearer +(\S+)$/i.exec(request.headers.get('authorization') ?? '') ?? []
  if (token !== undefined) return token
  throw new HkError('unauthorized', 'Send an API token in the header "Authorization: Bearer …".')
}

function demand(found: ApiClient, scope: Scope): void {
  if (implied[scope].some((one) => found.scopes.includes(one))) return
  throw new HkError('forbidden', `This API token needs the scope "${scope}".`)
}

/** What an API client may do on each of its sites, implied scopes among them. */
export function permissionsOf({ scopes }: ApiClient): Scope[] {
  return everyScope.filter((scope) => implied[scope].some((one) => scopes.includes(one)))
}

const isTrue = () => true

/** A refusal means no; that the store is away means neither, and is passed on. */
const isRefused = (error: unknown) => {
  if (error instanceof HkError) return false
  throw error
}
