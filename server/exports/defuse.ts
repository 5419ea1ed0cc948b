/**
 * What a spreadsheet may take for the begin of a formula (OWASP, "CSV Injection"): `=`, `+`, `-`, `@`, tab and line
 * ends, and the full-width forms of the first four.
 */
const formula = /^[=+\-@\t\r\n\uFF1D\uFF0B\uFF0D\uFF20]/

/**
 * A text that no spreadsheet runs as a formula: an apostrophe is put before what would begin one. Values of reports
 * come from whoever opens a page, so the campaign of a visit may be `=HYPERLINK(…)`. Numbers are none of its business.
 */
export function defuse(text: string): string {
  return formula.test(text) ? `'${text}` : text
}
