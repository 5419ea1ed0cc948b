import type { Channel, Client, ClientOptions, Locks, Timers } from '../../sdk/index.ts'
import { FakePage } from './page.ts'
import type { FakeService } from './service.ts'

interface Request {
  name: string
  owner: FakeTab
  run: () => Promise<void>
  resolve: () => void
  reject: (error: unknown) => void
}

const aborted = () => new DOMException('The request was aborted.', 'AbortError')

/** What the tabs of one origin share, as a browser has it: locks, and channels over which they talk. */
export class FakeOrigin {
  readonly service: FakeService
  readonly tabs: FakeTab[] = []
  /** Who holds each lock. */
  readonly held = new Map<string, Request>()
  readonly queue = new Set<Request>()
  readonly channels = new Set<FakeChannel>()
  /** Whether the next message to a tab gets lost. */
  loses: (tab: FakeTab) => boolean = () => false
  /** Whether locks are refused, as in sandboxed frames. */
  refusesLocks = false

  constructor(service: FakeService) {
    this.service = service
  }

  /** Opens a tab, with a client in it. */
  open(options: Partial<ClientOptions> = {}, page = new FakePage()): FakeTab {
    const tab = new FakeTab(this, options, page)
    this.tabs.push(tab)
    return tab
  }

  /** Gives what is free to those who wait for it. */
  grant(): void {
    for (const request of this.queue) {
      if (this.held.has(request.name)) continue
      this.queue.delete(request)
      this.held.set(request.name, request)
      const release = () => {
        if (this.held.get(request.name) !== request) return
        this.held.delete(request.name)
        request.resolve()
        this.grant()
      }
      request.owner.soon(() => request.run().then(release))
    }
  }

  /** Says something on a channel, as any script of the origin can. */
  say(name: string, data: unknown): void {
    for (const channel of this.channels) if (channel.name === name) channel.receive(data)
  }

  /** The tab that holds the lock. */
  get leader(): FakeTab | undefined {
    return [...this.held.values()][0]?.owner
  }

  /** Lets time pass in steps, over which the service keeps its streams awake. */
  async run(ms: number): Promise<void> {
    for (const tab of this.tabs) await tab.named()
    await this.service.run(ms)
  }
}

/** A channel as one tab has it. */
class FakeChannel implements Channel {
  readonly name: string
  readonly tab: FakeTab
  readonly #heard: (data: unknown) => void

  constructor(name: string, tab: FakeTab, heard: (data: unknown) => void) {
    this.name = name
    this.tab = tab
    this.#heard = heard
    tab.origin.channels.add(this)
  }

  send(data: unknown): void {
    const { origin } = this.tab
    if (!origin.channels.has(this)) throw new DOMException('The channel is closed.', 'InvalidStateError')
    const copy: unknown = structuredClone(data)
    this.tab.send(() => {
      for (const other of origin.channels) {
        if (other !== this && other.name === this.name && !origin.loses(other.tab)) other.receive(copy)
      }
    })
  }

  receive(data: unknown): void {
    this.tab.soon(() => {
      if (this.tab.origin.channels.has(this)) this.#heard(data)
    })
  }

  close(): void {
    this.tab.origin.channels.delete(this)
  }
}

/** A tab that can be hidden, held up, and killed. */
export class FakeTab {
  readonly origin: FakeOrigin
  readonly page: FakePage
  readonly client: Client
  readonly #shares: boolean
  readonly #crash = new AbortController()
  #hung: (() => void)[] | undefined

  constructor(origin: FakeOrigin, options: Partial<ClientOptions>, page: FakePage) {
    const { service } = origin
    this.origin = origin
    this.page = page
    this.#shares = options.tabs !== false && !(options.getToken && typeof options.tabs !== 'string')
    const { clock } = service
    const set = new Set<unknown>()
    // A timer that is due while the tab is held up can still be cleared.
    const timers: Timers = {
      setTimeout: (run, ms) => {
        const task = () => {
          if (set.delete(handle)) run()
        }
        const handle = clock.setTimeout(() => this.soon(task), ms)
        set.add(handle)
        return handle
      },
      clearTimeout: (handle) => {
        set.delete(handle)
        clock.clearTimeout(handle)
      },
    }
    const locks: Locks = {
      request: (name, { signal, steal = false }, run) => this.#request(name, signal, steal, run),
    }
    this.client = service.client({
      page,
      timers,
      locks,
      channel: (name, receive) => new FakeChannel(name, this, receive),
      fetch: (url, init = {}) => this.#fetch(url, init),
      ...options,
    })
  }

  get crashed(): boolean {
    return this.#crash.signal.aborted
  }

  /** Whether its client is closed. */
  get closed(): boolean {
    return this.client.status.get().state === 'closed'
  }

  close(): void {
    this.client.close()
  }

  /** Whether its client takes part among the tabs, or should. */
  get wants(): boolean {
    return /^(connecting|live|polling|backoff)$/.test(this.client.status.get().state)
  }

  /** Waits until it knows the name of the lock: that is hashed on a thread whose time the clock does not have. */
  async named(): Promise<void> {
    const opened = () => [...this.origin.channels].some(({ tab }) => tab === this)
    for (const limit = Date.now() + 10_000; this.#shares && this.wants && !opened(); ) {
      if (Date.now() > limit) throw new Error('The tab opened no channel within 10 s.')
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Runs something as a task of this tab: later where it is held up, never where it is gone. */
  soon(run: () => void): void {
    queueMicrotask(() => this.send(run))
  }

  /** The same without a turn between. */
  send(run: () => void): void {
    if (this.crashed) return
    if (this.#hung) this.#hung.push(run)
    else run()
  }

  /** Holds up the event loop: what happens meanwhile is noticed when it goes on. */
  hang(): void {
    this.#hung ??= []
  }

  goOn(): void {
    const waiting = this.#hung ?? []
    this.#hung = undefined
    for (const run of waiting) this.soon(run)
  }

  /** Kills the tab. The browser takes its locks, channels and sockets. */
  crash(): void {
    const { origin } = this
    for (const channel of origin.channels) if (channel.tab === this) channel.close()
    this.#crash.abort()
    for (const request of origin.queue) if (request.owner === this) origin.queue.delete(request)
    for (const [name, { owner }] of origin.held) if (owner === this) origin.held.delete(name)
    origin.grant()
    this.client.close()
  }

  #fetch(url: string, init: RequestInit): Promise<Response> {
    if (this.crashed) return new Promise(() => {})
    const signal = init.signal ? AbortSignal.any([init.signal, this.#crash.signal]) : this.#crash.signal
    return this.origin.service.fetch(url, { ...init, signal })
  }

  #request(name: string, signal: AbortSignal | undefined, steal: boolean, run: () => Promise<void>) {
    const { origin } = this
    return new Promise<void>((resolve, reject) => {
      if (origin.refusesLocks) throw new DOMException('Locks are not allowed here.', 'SecurityError')
      if (signal && steal) throw new DOMException('Signal and steal exclude each other.', 'NotSupportedError')
      if (this.crashed) return
      const rejectSoon = (error: unknown) => this.soon(() => reject(error))
      const request = { name, owner: this, run, resolve, reject: rejectSoon }
      if (steal) {
        origin.held.get(name)?.reject(aborted())
        origin.held.delete(name)
        origin.queue.delete(request)
      }
      const others = steal ? [...origin.queue] : []
      for (const other of others) origin.queue.delete(other)
      origin.queue.add(request)
      for (const other of others) origin.queue.add(other)
      signal?.addEventListener('abort', () => {
        if (origin.queue.delete(request)) reject(aborted())
      })
      queueMicrotask(() => origin.grant())
    })
  }
}
