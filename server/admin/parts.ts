import type { Access } from '../access/index.ts'
import { readJson } from '../body.ts'
import type { Version } from '../changes/index.ts'
import type { Sql } from '../store/index.ts'

/** What the routes of `admin/` work with. */
export interface AdminParts {
  readonly sql: Sql
  readonly access: Access
  /** Tells readers, here and on other nodes, of versions that moved and of sites that are gone. */
  readonly publish: (versions: readonly Version[], gone?: readonly string[]) => void
  /** Begins to compute roll-ups that were given up. */
  readonly roll: () => void
  /** Milliseconds since 1970. */
  readonly now: () => number
}

const bodyBytes = 256 * 1024

/**
 * Reads the body of a route that sets something, in place of Elysia's parser, which knows no limit. With the type of
 * the body by name, so that the OpenAPI document has it.
 */
export const parseJson: [(context: { readonly request: Request }) => Promise<unknown>, 'json'] = [
  ({ request }) => readJson(request, bodyBytes),
  'json',
]
