/** A piece of HTML, as opposed to text that has to be escaped. */
export class Html {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

/** What a template takes: text is escaped, lists are joined, and what is not there leaves nothing. */
export type Part = Html | string | number | false | undefined | readonly Part[]

/** Writes HTML, as `html\`<p>${text}</p>\``. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.reduce((text, string, index) => text + write(parts[index - 1]) + string))
}

function write(part: Part): string {
  if (part === undefined || part === false) return ''
  if (part instanceof Html) return part.text
  if (typeof part === 'string' || typeof part === 'number') return escape(String(part))
  return part.map(write).join('')
}

const codes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** Writes a text for HTML, also within double quotes of an attribute. */
export function escape(text: string): string {
  return text.replace(/[&<>"]/g, (letter) => codes[letter] ?? '')
}

/** A sentence of a doc block, with what stands in backticks as code. */
export function prose(text: string): Html {
  return new Html(escape(text).replace(/`([^`]+)`/g, '<code>$1</code>'))
}

/** An attribute without a value, where it holds. */
export function flag(name: string, holds: boolean): Html | false {
  return holds && new Html(` ${name}`)
}
