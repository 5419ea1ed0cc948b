import { availableParallelism } from 'node:os'
import { HkError } from '@hk-live/sdk/protocol'
import QuickLRU from 'quick-lru'
import { createLimit } from '../limit.ts'
import { hashToken, isPassword } from './token.ts'

/** A password that is given for a share link. */
export interface Guess {
  readonly shareId: string
  readonly password: string
  /** Hash of the password that the link has. */
  readonly stored: string
  /** Network that the request came from: an IPv4 address, or the /64 of an IPv6 one. */
  readonly network: string
}

/** Checks passwords of share links, and bounds guesses. */
export interface Passwords {
  /**
   * Whether a password is the link's.
   *
   * @throws {HkError} `rate_limited` with the time to wait, where it was not looked at
   */
  check(guess: Guess): Promise<boolean>
}

/** Settings of {@link createPasswords}. */
export interface PasswordOptions {
  /** Milliseconds of a clock that is never set back. */
  readonly now?: () => number
  /** Compares slowly, by design. */
  readonly compare?: (password: string, stored: string) => Promise<boolean>
  /** Comparisons at the same time. */
  readonly maxRunning?: number
  /** Comparisons that may wait for one of these to end. */
  readonly maxQueued?: number
}

/**
 * A comparison takes a thread of the runtime's pool, of which there are as many as cores, and which compression and
 * files need too: one is always left to them.
 */
const defaultRunning = Math.max(1, Math.min(2, availableParallelism() - 1))

const [rememberedMs, trustedMs] = [5 * 60_000, 24 * 60 * 60_000]
const [keys, longestPassword] = [10_000, 200]

/** Wrong guesses that cost nothing. */
const free = { link: 5, network: 20 }

/** Comparisons of one trusted network that run or wait at the same time: it passes the queue, so it needs a bound of its own. */
const maxPending = 5

/** The longest wait after more of them; the second is of a network that has given the right password within a day. */
const [maxWaitMs, maxTrustedWaitMs] = [15 * 60_000, 10_000]

/**
 * Checks passwords of share links:
 *
 * - after five wrong guesses of a link a network waits 1 s, then 2, 4 … up to 15 minutes; after twenty of any links
 *   likewise. Nothing is looked at while it waits, also what is right: or it could go on guessing;
 * - a link takes a guess each two seconds from networks that it does not know, in bursts of ten, whoever sends them;
 * - a network that has given the right password within a day is not held up by what others guess, and waits 10 s at
 *   most for what its own neighbors do; five of its comparisons run or wait at the same time;
 * - the same password of the same network is one guess for minutes, so that the widgets of a page cost one comparison.
 *
 * Each node counts for itself, in memory that is bounded.
 */
export function createPasswords(options: PasswordOptions = {}): Passwords {
  const { now = () => performance.now(), compare = isPassword, maxRunning = defaultRunning, maxQueued = 8 } = options
  const guesses = new QuickLRU<string, { readonly result: Promise<boolean>; until: number }>({ maxSize: keys })
  const trusted = new QuickLRU<string, number>({ maxSize: keys })
  const failures = createFailures(now)
  const pace = createLimit({ perSecond: 0.5, burstSeconds: 20, keys, now })
  const queue = createQueue(maxRunning, maxQueued)
  const pending = new Map<string, number>()

  /** Of trusted networks alone: others are bounded by the pace of the link, and by the queue. */
  async function bounded(network: string, work: () => Promise<boolean>): Promise<boolean> {
    const count = pending.get(network) ?? 0
    if (count >= maxPending) throw tooMany(1_000)
    pending.set(network, count + 1)
    try {
      return await work()
    } finally {
      const left = (pending.get(network) ?? 0) - 1
      if (left > 0) pending.set(network, left)
      else pending.delete(network)
    }
  }

  async function compareNow({ password, stored, network }: Guess, pair: string, isTrusted: boolean): Promise<boolean> {
    if (await queue(() => compare(password, stored), isTrusted)) {
      trusted.set(pair, now() + trustedMs)
      failures.forget(pair)
      return true
    }
    failures.add(network, free.network)
    failures.add(pair, free.link)
    return false
  }

  return {
    async check(guess) {
      const { shareId, password, stored, network } = guess
      if (password.length > longestPassword) return false
      const pair = `${network} ${shareId}`
      const isTrusted = (trusted.get(pair) ?? 0) > now()
      const longest = isTrusted ? maxTrustedWaitMs : maxWaitMs
      const waitMs = Math.max(failures.waitMs(network, longest), failures.waitMs(pair, longest))
      if (waitMs > 0) throw tooMany(waitMs)
      const key = `${pair} ${Buffer.from(hashToken(password)).toString('base64')} ${stored}`
      const known = guesses.get(key)
      if (known !== undefined && known.until > now()) {
        known.until = now() + rememberedMs
        const isRight = await known.result
        // Who reads on is trusted on, though it is not compared again.
        if (isRight) trusted.set(pair, now() + trustedMs)
        return isRight
      }
      const spacingMs = isTrusted ? 0 : pace.take(shareId, 1)
      if (spacingMs > 0) throw tooMany(spacingMs)
      const compareGuess = () => compareNow(guess, pair, isTrusted)
      const result = isTrusted ? bounded(network, compareGuess) : compareGuess()
      guesses.set(key, { result, until: now() + rememberedMs })
      // A guess that was not compared is not remembered.
      result.catch(() => guesses.delete(key))
      return result
    },
  }
}

function tooMany(waitMs: number): HkError {
  const seconds = Math.ceil(waitMs / 1_000)
  const message = `Too many passwords were tried. Try again in ${seconds === 1 ? 'a second' : `${seconds} seconds`}.`
  return new HkError('rate_limited', message, { retryAfterMs: seconds * 1_000 })
}

/** Counts wrong guesses by key, and says how long the next has to wait. */
function createFailures(now: () => number) {
  const counts = new QuickLRU<string, { readonly count: number; readonly since: number; readonly waitMs: number }>({ maxSize: keys })
  return {
    /** @param longest milliseconds that this one waits at most */
    waitMs(key: string, longest: number): number {
      const { since, waitMs } = counts.get(key) ?? { since: 0, waitMs: 0 }
      return Math.max(0, since + Math.min(longest, waitMs) - now())
    },
    /** @param allowed wrong guesses that cost nothing */
    add(key: string, allowed: number): void {
      const before = counts.get(key)
      // Who was quiet for twice as long as the wait, or for an hour, begins anew.
      const isOver = before === undefined || before.since + Math.max(2 * before.waitMs, 60 * 60_000) < now()
      const count = 1 + (isOver ? 0 : before.count)
      const waitMs = count < allowed ? 0 : Math.min(maxWaitMs, 1_000 * 2 ** (count - allowed))
      counts.set(key, { count, since: now(), waitMs })
    },
    forget: (key: string) => counts.delete(key),
  }
}

/**
 * Runs so many at once, lets so many more wait, and refuses the rest; who comes first goes before those who wait, and is
 * never refused.
 *
 * @throws {HkError} `rate_limited` where the queue is full
 */
function createQueue(maxRunning: number, maxQueued: number) {
  let running = 0
  // Apart, so that those who come first take no place from the others.
  const first: (() => void)[] = []
  const others: (() => void)[] = []
  return async <T>(work: () => Promise<T>, comesFirst: boolean): Promise<T> => {
    if (running >= maxRunning) {
      if (!comesFirst && others.length >= maxQueued) throw tooMany(1_000)
      await new Promise<void>((resolve) => (comesFirst ? first : others).push(resolve))
    } else running++
    try {
      return await work()
    } finally {
      const next = first.shift() ?? others.shift()
      if (next === undefined) running--
      else next()
    }
  }
}
