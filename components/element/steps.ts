/**
 * Where a key leads in a series that is walked through point by point; `undefined` where it means nothing, and
 * `to: undefined` where it puts the chosen point away. Time goes from left to right in every script.
 *
 * @param at index of the chosen point
 * @param last index of the last point
 */
export function stepOf(
  key: string,
  at: number | undefined,
  last: number,
): { to: number | undefined } | undefined {
  const back = at ?? last + 1
  const forth = at ?? -1
  const steps: Record<string, number | undefined> = {
    ArrowLeft: back - 1,
    ArrowDown: back - 1,
    ArrowRight: forth + 1,
    ArrowUp: forth + 1,
    PageUp: forth + 7,
    PageDown: back - 7,
    Home: 0,
    End: last,
    Escape: undefined,
  }
  if (!Object.hasOwn(steps, key) || (key === 'Escape' && at === undefined)) return undefined
  return { to: steps[key] }
}
