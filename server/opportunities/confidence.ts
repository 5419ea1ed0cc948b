/**
 * How sure it is that a part differs from what is usual by more than chance: the two-sided normal
 * approximation of the binomial test, as 1 − p. 0 of an empty sample.
 *
 * @param part of the sample that shows it, 0 to 1
 * @param usual the part to compare with, 0 to 1
 */
export function confidenceOfPart(part: number, usual: number, sample: number): number {
  // Where it never happens, or always, one more case is what chance may add.
  const held = Math.min(Math.max(usual, 1 / (sample + 2)), (sample + 1) / (sample + 2))
  return sample === 0 ? 0 : certainty((Math.abs(part - usual) * Math.sqrt(sample)) / Math.sqrt(held * (1 - held)))
}

/** The same of a count that varies around a mean as Poisson's law has it. */
export function confidenceOfCount(count: number, mean: number): number {
  return certainty(Math.abs(count - mean) / Math.sqrt(Math.max(mean, 1)))
}

/** How sure a sample makes of what it shows, where there is nothing to compare with: half sure at `half`. */
export function confidenceOfSample(sample: number, half: number): number {
  return sample / (sample + half)
}

/** How sure it is that what never happened should have, where it was to be expected so many times (Poisson's law). */
export function confidenceOfNone(expected: number): number {
  return 1 - Math.exp(-expected)
}

/**
 * The part of a normal distribution within z deviations of its mean, by the approximation of the error function of
 * Abramowitz and Stegun, 7.1.26 (absolute error below 1.5 · 10⁻⁷).
 */
function certainty(z: number): number {
  const x = z / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const powers = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429]
  const sum = powers.reduceRight((rest, factor) => (rest + factor) * t, 0)
  return Math.min(Math.max(1 - sum * Math.exp(-x * x), 0), 1)
}
