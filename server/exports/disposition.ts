/**
 * `Content-Disposition` of a file to keep (RFC 6266): its name in ASCII for all, and as it is in `filename*` (RFC 8187).
 * What would be a path, a quote or an escape is replaced.
 */
export function attachment(name: string): string {
  const safe = name.toWellFormed().replace(/[\p{Cc}\\/:*?"<>|]/gu, '-')
  const ascii = safe.replace(/[^\x20-\x7e]|%/gu, '_')
  const encoded = encodeURIComponent(safe).replace(/['()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
