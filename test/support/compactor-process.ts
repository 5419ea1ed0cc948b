/**
 * Compacts a site until it is ended: `bun compactor-process.ts DATABASE_URL FOLDER SITE NOW`.
 *
 * @module
 */
import { compactSite, createEngine, createSegmentCache } from '../../server/engine/index.ts'
import { openStore } from '../../server/store/index.ts'

const [databaseUrl = '', dataDir = '', site = '', now = ''] = process.argv.slice(2)
const { sql } = await openStore({ databaseUrl, dataDir })
const engine = createEngine({ dataDir, memoryBytes: 256 * 2 ** 20, log: (level, message, detail) => console.error(level, message, detail) })
const cache = createSegmentCache({ sql, folder: engine.segments, maxBytes: 2 ** 30 })
console.log('begins')
for (;;) console.log(`moved ${await compactSite({ sql, engine, cache, now: () => Number(now) }, site)}`)
