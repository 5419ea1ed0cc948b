/** Makes other figures of made ones: the data of a report, and whether it is that of a comparison. */
export type Reshape = (data: unknown, compared: boolean) => unknown

/** Numbers that are no counts. */
const kept = /^(lat|lon|share|p75|.*_rate|rate|visit_duration|views_per_visit|duration|.*seconds.*|.*_ms|impact|confidence|score|value|target|.*bounds?.*|detector_version|relative_error|good|needs_improvement|poor)$/

/** Figures by name, beside the usual ones. */
export const figures: Readonly<Record<string, Reshape>> = {
  /** A site that nobody visits; its lists are empty. */
  zero: (data) => each(data, (name, amount) => (/rate|share/.test(name) || kept.test(name) ? null : amount && 0), () => []),
  one: (data) => each(data, (name, amount) => (kept.test(name) ? amount : 1)),
  billion: (data) => each(data, (name, amount) => (kept.test(name) ? amount : amount * 123_457)),
  /** Half of what was there before. */
  falling: (data, compared) => each(data, (name, amount) => (kept.test(name) || !compared ? amount : Math.round(amount * 2.3))),
}

function each(
  data: unknown,
  change: (name: string, amount: number) => number | null,
  list: (rows: unknown[]) => unknown[] = (rows) => rows,
  name = '',
): unknown {
  if (typeof data === 'number') return change(name, data)
  if (Array.isArray(data)) return (name === 'rows' || name === 'visits' || name === 'places' ? list(data) : data).map((one) => each(one, change, list, name))
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, each(value, change, list, key)]))
}
