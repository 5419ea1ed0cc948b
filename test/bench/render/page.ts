/** A series: one value a bucket, each day or hour. */
export interface Made {
  /** Milliseconds since 1970. */
  readonly at: readonly number[]
  readonly amounts: readonly number[]
}

/** What a page with charts of one library can be asked for. */
export interface Charts {
  /** Draws a chart into each box. */
  create(boxes: readonly HTMLElement[], made: Made): Promise<void>
  /** Has what is needed for other values before they are drawn, such as the answer of a service. */
  prepare?(made: Made): void
  /** Draws other values into each. */
  update(made: Made): Promise<void>
  /** What proves that they are drawn: for each chart, something that is another when its values are. */
  drawn(): readonly unknown[]
}

declare global {
  interface Window {
    charts: Charts
    /** What is drawn next. */
    next: Made
  }
}

/** Pixels of each chart. */
export const [width, height] = [600, 240]

/** Pixels that are not empty, as a number that changes with them. */
export function inkOf(canvas: HTMLCanvasElement | null | undefined): number {
  const image = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height)
  return image === undefined ? 0 : image.data.reduce((sum, value, index) => (sum * 31 + value * (index + 1)) % 1_000_003, 0)
}
