import type { Access } from '../access/index.ts'
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
