import fc from 'fast-check'

/** Text as an attacker would send it: any UTF-16 units, with NUL, lone surrogates and bad escapes in URLs. */
export const hostileText: fc.Arbitrary<string> = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 20 }),
      fc.constantFrom('\u0000', '%00', '%', '%ff', '%ed%a0%80', '\ud800', '\udc00', '\u202e'),
      fc.constantFrom('//', '?', '#', '&', 'utm_source='),
      fc.constantFrom('https://', 'http://', 'android-app://', 'google.com', '[::1]', '@'),
      fc.constantFrom('Mozilla/5.0 ', 'GPTBot', 'Chrome/', '(', ')', ';', 'x'.repeat(3_000), '😀'),
    ),
    { maxLength: 20 },
  )
  .map((parts) => parts.join(''))

/** Whether Postgres and JSON can keep the text: no control character, no lone surrogate. */
export function isPlain(text: string): boolean {
  // oxlint-disable-next-line no-control-regex -- control characters are what must not be there
  return text.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(text)
}
