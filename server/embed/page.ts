import { createHash } from 'node:crypto'

/** A page that the service writes. All but `body` is text; what is in `body` is escaped already. */
export interface Page {
  readonly language: string
  readonly title: string
  readonly description?: string
  readonly body: string
  /** How it looks, on top of what all pages have. */
  readonly style?: string
  /** Where `/embed/` is, as an address relative to the page. */
  readonly assets: string
  /** Names of scripts there. */
  readonly scripts?: readonly string[]
  /** Origins whose pages may put it into a frame; `null`: any. */
  readonly ancestors: readonly string[] | null
  readonly status?: number
}

const style = `:root{color-scheme:light dark;--paper:light-dark(#fbfaf8,#111316);--hk-surface:light-dark(#fff,#1a1d23);--hk-line:light-dark(#e8e7e4,#2a2e36);--hk-muted:light-dark(#62666f,#9a9fab)}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:light-dark(#17181d,#eceef3);font:15px/1.45 Inter,ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif}
main,footer{max-width:1304px;margin:0 auto;padding:26px clamp(16px,3vw,32px)}
h1{margin:0;font-size:clamp(19px,5.6vw,24px);letter-spacing:-.01em;line-height:1.25;overflow-wrap:anywhere}
p{margin:4px 0 0;color:var(--hk-muted)}
dl{display:grid;grid-template-columns:repeat(auto-fit,minmax(132px,1fr));gap:16px;margin:20px 0 0}
dt{color:var(--hk-muted);font-size:13px}
dd{margin:2px 0 0;font-size:26px;font-weight:700;letter-spacing:-.02em;font-variant-numeric:tabular-nums}
dl+noscript p{margin-top:20px}
footer{padding-block:0 40px;color:var(--hk-muted);font-size:13px}
a{color:inherit}
.none{display:grid;place-content:center;min-height:80vh;text-align:center}`

/**
 * Answers with a page, under a policy that lets nothing run but our own scripts, and nothing ask but this service.
 * The policy knows the one style sheet by its hash.
 */
export function pageResponse(page: Page): Response {
  const sheet = `${style}\n${page.style ?? ''}`
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'sha256-${createHash('sha256').update(sheet).digest('base64')}'`,
    "connect-src 'self'",
    // The globe draws its land from a picture in its own script.
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${page.ancestors === null ? '*' : ["'self'", ...page.ancestors].join(' ')}`,
    "require-trusted-types-for 'script'",
    'trusted-types lit-html',
  ]
  return new Response(htmlOf(page, sheet), {
    status: page.status ?? 200,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy.join('; '),
      'cache-control': 'private, no-store',
      'x-robots-tag': 'noindex',
    },
  })
}

function htmlOf({ language, title, description, body, assets, scripts = [] }: Page, sheet: string): string {
  const meta = (name: string, content: string) => `<meta ${name} content="${escape(content)}">\n`
  return `<!doctype html>
<html lang="${escape(language)}"${language === 'ar' ? ' dir="rtl"' : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)}</title>
${meta('name="robots"', 'noindex')}${meta('property="og:type"', 'website')}${meta('property="og:title"', title)}${
    description === undefined ? '' : meta('name="description"', description) + meta('property="og:description"', description)
  }<link rel="icon" type="image/svg+xml" href="${assets}icon.svg">
<style>${sheet}</style>
${scripts.map((name) => `<script type="module" src="${assets}${name}"></script>\n`).join('')}</head>
<body>
${body}
</body>
</html>
`
}

/** Writes a text for HTML, also within the quotes of an attribute. */
export function escape(text: string): string {
  const codes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }
  return text.replace(/[&<>"']/g, (letter) => codes[letter] ?? '')
}

/** Replaces `{site}` in a text. */
export function fill(text: string, site: string): string {
  return text.replaceAll('{site}', () => site)
}
