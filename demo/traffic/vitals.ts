/** Median of each vital of the demo shop, and how far its samples spread: milliseconds, and of CLS a score. */
const course: readonly (readonly [name: string, median: number, spread: number])[] = [
  ['LCP', 1_650, 0.45],
  ['INP', 110, 0.55],
  ['CLS', 0.04, 0.8],
  ['FCP', 1_050, 0.4],
  ['TTFB', 320, 0.5],
]

/** Made-up samples of each vital; of one that is slow, all are. */
export function inventVitals(random: () => number): { readonly name: string; readonly value: number }[] {
  const speed = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
  return course.map(([name, median, spread]) => {
    const value = median * Math.exp(spread * (0.8 * speed + 0.6 * (random() - 0.5)))
    return { name, value: name === 'CLS' ? Math.round(value * 1e4) / 1e4 : Math.round(value) }
  })
}
