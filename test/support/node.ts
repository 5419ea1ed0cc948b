import type { ServiceOptions } from '../../server/index.ts'
import { listen } from '../../server/runtime.ts'
import { openService, type TestService } from './service.ts'

/** A service inside the test, with a socket besides. */
export interface TestNode extends TestService {
  readonly url: string
}

/** Opens a service that listens on a free port; `databaseUrl` makes it one of several nodes. */
export async function openNode(
  options: ServiceOptions & { databaseUrl?: string } = {},
): Promise<TestNode> {
  const service = await openService(options)
  const server = listen(0, '127.0.0.1', (request, connection) => {
    service.assembly.connect(request, connection)
    return service.assembly.app.handle(request)
  })
  return {
    ...service,
    url: `http://127.0.0.1:${server.port}`,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]()
      await service[Symbol.asyncDispose]()
    },
  }
}

/** Ends the connections on which nodes of a service's database listen for wake-ups. */
export async function dropListeners({ assembly }: TestService): Promise<number> {
  const ended = await assembly.sql`
    select pg_terminate_backend(pid)
    from pg_stat_activity
    where query ilike 'listen%' and datname = current_database()`
  return ended.count
}
