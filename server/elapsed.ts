/**
 * A clock for durations: it never goes back, and does not jump as the wall clock does when it is set.
 *
 * @param now the clock of the service; one of a test is followed, but where it goes back, real time counts
 * @returns milliseconds since some moment
 */
export function createElapsed(now: () => number = Date.now): () => number {
  if (now === Date.now) return () => performance.now()
  let [last, lastReal] = [now(), performance.now()]
  let elapsed = last
  return () => {
    const [time, real] = [now(), performance.now()]
    elapsed += time < last ? real - lastReal : time - last
    last = time
    lastReal = real
    return elapsed
  }
}
