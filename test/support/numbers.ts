/** Numbers from 0 up to 1, the same for the same seed: a linear congruential generator. */
export function numbers(seed: number): () => number {
  let last = seed
  return () => (last = (last * 16_807) % 2_147_483_647) / 2_147_483_647
}
