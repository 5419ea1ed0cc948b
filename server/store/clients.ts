import type { Sql, Transaction } from './connect.ts'
import { isId } from './sites.ts'

/** What an API client may do. `admin` includes `manage`, which includes the two others. */
export const scopes = ['reports:read', 'ingest', 'manage', 'admin'] as const

export type Scope = (typeof scopes)[number]

/** An API client of a tenant. Its token is stored as a hash only. */
export interface ApiClient {
  readonly client_id: string
  readonly tenant_id: string
  readonly label: string
  readonly token_hash: Uint8Array
  readonly token_hint: string
  readonly scopes: Scope[]
  /** Sites it is limited to; `null`: all of the tenant. */
  readonly site_ids: string[] | null
  readonly expires_at: Date | null
  readonly created_at: Date
}

/** Makes an API client. */
export async function createClient(sql: Sql, client: Omit<ApiClient, 'created_at'>): Promise<ApiClient> {
  const [made] = await sql<[ApiClient]>`insert into api_clients ${sql(client)} returning *`
  return made
}

/**
 * Makes the operator's client where there is none.
 *
 * @param replace whether the token of one that is there is replaced
 * @returns whether its token is now the given one
 */
export async function ensureClient(
  sql: Sql,
  client: Omit<ApiClient, 'created_at'>,
  replace: boolean,
): Promise<boolean> {
  const rows = await sql`
    insert into api_clients ${sql(client)}
    on conflict (client_id) ${
      replace
        ? sql`do update set token_hash = excluded.token_hash, token_hint = excluded.token_hint`
        : sql`do nothing`
    }
    returning client_id`
  return rows.length > 0
}

/** Finds API clients by the hashes of their tokens, in hexadecimal. */
export function clientsByHash(sql: Sql, hashes: readonly string[]): Promise<ApiClient[]> {
  return sql<ApiClient[]>`
    select *
    from api_clients
    where token_hash = any(array(select decode(hash, 'hex') from unnest(${[...hashes]}::text[]) as hash))`
}

/** Lists the API clients of a tenant, the newest first. */
export function listClients(sql: Sql, tenantId: string): Promise<ApiClient[]> {
  return sql<ApiClient[]>`
    select * from api_clients where tenant_id = ${tenantId} order by created_at desc, client_id`
}

/** Revokes an API client. */
export async function deleteClient(tx: Transaction, tenantId: string, clientId: string): Promise<boolean> {
  if (!isId(clientId)) return false
  return (
    (await tx`delete from api_clients where tenant_id = ${tenantId} and client_id = ${clientId}`).count > 0
  )
}
