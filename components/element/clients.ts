import { createClient } from '@hk-live/sdk'
import type { Client, ClientOptions } from '@hk-live/sdk'

/** What tells one client from another. */
export interface Credential {
  endpoint: string
  site?: string | undefined
  share?: string | undefined
  password?: string | undefined
  token?: string | undefined
  getToken?: (() => string | Promise<string>) | undefined
}

/** A share in a client; `release` may be called once. */
export interface Lease {
  readonly client: Client
  release(): void
}

interface Entry {
  client: Client
  readers: number
  closing: ReturnType<typeof setTimeout> | undefined
}

/** Milliseconds that a client outlives its last reader, so that moving an element drops nothing. */
export const grace = 1000

/**
 * The clients of a page: elements with the same endpoint, site and credential share one, which is closed a
 * second after the last of them let go of it.
 */
export class Clients {
  /** Given to each client made from now on, such as another `fetch`. */
  options: Partial<ClientOptions> = {}
  #entries = new Map<string, Entry>()
  #functions = new WeakMap<object, number>()
  #counter = 0
  #create: (options: ClientOptions) => Client

  constructor(create: (options: ClientOptions) => Client = createClient) {
    this.#create = create
  }

  /** How many clients are open. */
  get size(): number {
    return this.#entries.size
  }

  /** The name under which a credential's client is shared. */
  key({ endpoint, site, share, password, token, getToken }: Credential): string {
    return JSON.stringify([endpoint, site, share, password, token, getToken && this.#number(getToken)])
  }

  /** Takes a share in the client of a credential. Throws what `createClient` throws on a bad one. */
  acquire(credential: Credential): Lease {
    const key = this.key(credential)
    const entry = this.#entries.get(key) ?? this.#open(key, credential)
    clearTimeout(entry.closing)
    entry.readers += 1
    let held = true
    const release = () => {
      if (!held) return
      held = false
      entry.readers -= 1
      if (entry.readers === 0) entry.closing = setTimeout(() => this.#close(key, entry), grace)
    }
    return { client: entry.client, release }
  }

  #open(key: string, { endpoint, site, share, password, token, getToken }: Credential): Entry {
    const client = this.#create({
      endpoint,
      ...(site && { site }),
      ...(share && { share }),
      ...(password && { password }),
      ...(token && { token }),
      ...(getToken && { getToken }),
      ...this.options,
    })
    const entry: Entry = { client, readers: 0, closing: undefined }
    this.#entries.set(key, entry)
    return entry
  }

  #close(key: string, entry: Entry): void {
    this.#entries.delete(key)
    entry.client.close()
  }

  #number(called: object): number {
    const known = this.#functions.get(called)
    if (known !== undefined) return known
    this.#counter += 1
    this.#functions.set(called, this.#counter)
    return this.#counter
  }
}

/** The clients of this page. */
export const clients = new Clients()

/**
 * The service that this script came from: what stands before `/embed/` in its address, else its origin.
 * Elements take it as their `endpoint` where none is given.
 */
export function scriptEndpoint(script: string = import.meta.url): string {
  const { origin, pathname } = new URL(script)
  const before = pathname.indexOf('/embed/')
  return before > 0 ? origin + pathname.slice(0, before) : origin
}
