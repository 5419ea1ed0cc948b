/**
 * Counts and failures from the reports of the test runners.
 *
 * @module
 */

/** What a run of tests ended with. */
export interface Outcome {
  readonly passed: number
  readonly failed: number
  /** A text for each failed test: file, names and message. Empty where a run ended without a report. */
  readonly failures: readonly string[]
}

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

function decode(text: string): string {
  return text.replaceAll(/&(?:#(x?)([\da-f]+)|(\w+));/gi, (whole, hex: string, code: string | undefined, name: string) =>
    code === undefined ? (entities[name] ?? whole) : String.fromCodePoint(Number.parseInt(code, hex ? 16 : 10)),
  )
}

function attribute(tag: string, name: string): string {
  return decode(new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1] ?? '')
}

/** Describes one failed test so that it can be found and run again, with its message on lines of its own. */
export function describeFailure(file: string, name: string, message: string): string {
  const lines = message.split('\n').map((line) => line.trimEnd()).filter((line) => line !== '')
  return [`${file}: ${name}`, ...lines.map((line) => `    ${line}`)].join('\n')
}

/** Reads the JUnit report of `bun test`. A run that failed without a failed test in its report counts as one failure. */
export function readJunit(xml: string, exitCode: number): Outcome {
  const head = /<testsuites [^>]*>/.exec(xml)?.[0] ?? ''
  const number = (name: string) => Number(attribute(head, name))
  const failed = number('failures') + number('errors')
  const cases = xml.matchAll(/(<testcase [^>]*[^/]>)\s*(<(?:failure|error)\b[^>]*>)/g)
  const failures = Array.from(cases, ([, test = '', failure = '']) => {
    const suite = attribute(test, 'classname')
    const name = [suite, attribute(test, 'name')].filter((part) => part !== '').join(' > ')
    return describeFailure(`${attribute(test, 'file')}:${attribute(test, 'line')}`, name, attribute(failure, 'message'))
  })
  return {
    passed: number('tests') - failed - number('skipped'),
    failed: failed === 0 && (exitCode !== 0 || head === '') ? 1 : failed,
    failures,
  }
}
