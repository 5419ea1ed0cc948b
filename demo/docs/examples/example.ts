/** A live example: what is shown on the page is what its source says, letter for letter. */
export interface Example {
  readonly title: string
  /** What it is for, where the title does not say it. */
  readonly about?: string
  /** With `{{share}}` where the token of a share link belongs. */
  readonly html: string
  /** Styles that it needs; by class names that no other example has. */
  readonly css?: string
  /** What it stands on: text of an article, or a ground that is always dark. */
  readonly box?: 'text' | 'dark'
}

/** Examples by tag. */
export type Examples = Readonly<Record<string, readonly Example[]>>

/** The source of an example, as somebody would paste it. */
export function sourceOf({ html, css }: Example, share: string): string {
  const sheet = css === undefined ? '' : `<style>\n${css.replace(/^/gm, '  ')}\n</style>\n`
  return (sheet + html).replaceAll('{{share}}', share)
}
