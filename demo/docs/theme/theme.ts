import { contrast, readHex } from './contrast.ts'

/** A token that has a colour for each scheme. `least` is the contrast to the surface that AA asks for. */
interface ColourToken {
  readonly kind: 'colour'
  readonly light: string
  readonly dark: string
  readonly least?: 3 | 4.5
}

/** A token that is a number with a unit, chosen by a slider. */
interface AmountToken {
  readonly kind: 'amount'
  readonly value: string
  readonly unit: string
  readonly most: number
  readonly step: number
}

/** A token that is one of several fonts, or none but that of the page. */
interface FontToken {
  readonly kind: 'font'
  readonly value: string
}

export type Token = ColourToken | AmountToken | FontToken

/** What is chosen: of a colour `light dark`, of an amount its number, of a font its name. */
export type Theme = Readonly<Record<string, string>>

/** What a theme starts from: the defaults of the elements on the page of a dashboard. */
export const tokens: Readonly<Record<string, Token>> = {
  accent: { kind: 'colour', light: '#3355d8', dark: '#7d9bff', least: 3 },
  text: { kind: 'colour', light: '#17181d', dark: '#eceef3', least: 4.5 },
  muted: { kind: 'colour', light: '#62666f', dark: '#9a9fab', least: 4.5 },
  surface: { kind: 'colour', light: '#ffffff', dark: '#1a1d23' },
  line: { kind: 'colour', light: '#e8e7e4', dark: '#2a2e36' },
  up: { kind: 'colour', light: '#0a7a41', dark: '#4fd08d', least: 4.5 },
  down: { kind: 'colour', light: '#c5251d', dark: '#ff8577', least: 4.5 },
  font: { kind: 'font', value: 'page' },
  radius: { kind: 'amount', value: '6', unit: 'px', most: 16, step: 1 },
  gap: { kind: 'amount', value: '16', unit: 'px', most: 32, step: 2 },
  speed: { kind: 'amount', value: '1.2', unit: 's', most: 3, step: 0.1 },
}

/** Fonts by name: stacks of what readers have, so that nothing is loaded. */
export const fonts: Readonly<Record<string, string>> = {
  page: 'inherit',
  sans: 'Inter, ui-sans-serif, system-ui, sans-serif',
  serif: 'Charter, "Bitstream Charter", Cambria, Georgia, serif',
  rounded: 'ui-rounded, "Hiragino Maru Gothic ProN", Quicksand, Nunito, sans-serif',
  mono: 'ui-monospace, "SF Mono", "JetBrains Mono", monospace',
}

/** Themes to start from, by name. */
export const presets: Readonly<Record<string, Theme>> = {
  'As it is': {},
  Forest: {
    accent: '#1c7a4d #63d29b', text: '#14261c #e4f2e9', muted: '#54695d #93ab9d', surface: '#fafdfb #131c17', line: '#dcebe2 #22352b', radius: '10',
  },
  Terracotta: {
    accent: '#b4481e #ff9f73', text: '#2b1c14 #f7ebe3', muted: '#7a5f50 #b59c8d', surface: '#fffaf6 #211812', line: '#efdfd3 #3d2d23', font: 'serif', radius: '4',
  },
  Grape: {
    accent: '#7a3fc4 #c29bff', text: '#1f1530 #f0eaf9', muted: '#6a5f7c #a79cba', surface: '#fdfbff #1b1526', line: '#e8dff3 #342a47', font: 'rounded', radius: '14',
  },
  Newspaper: {
    accent: '#17181d #eceef3', text: '#111111 #f4f1ea', muted: '#5a5750 #a8a399', surface: '#fbf8f1 #171613', line: '#d8d2c4 #38352e', font: 'serif', radius: '0', gap: '10',
  },
  'High contrast': {
    accent: '#0033cc #99b8ff', text: '#000000 #ffffff', muted: '#3a3a3a #d6d6d6', surface: '#ffffff #000000', line: '#767676 #8c8c8c', up: '#00562b #7dffb9', down: '#9c0f08 #ffb3aa', radius: '2', speed: '2',
  },
}

/** What a token is as long as nobody chose it. */
export function standard(token: Token): string {
  return token.kind === 'colour' ? `${token.light} ${token.dark}` : token.value
}

/** The two colours of a value. */
export function pair(value: string): readonly [light: string, dark: string] {
  const [light = '', dark = light] = value.split(' ')
  return [light, dark]
}

/** The value of a token in a theme. */
export function valueOf(theme: Theme, name: string): string {
  const token = tokens[name]
  return theme[name] ?? (token ? standard(token) : '')
}

/** Reads a value that came from outside; `undefined` where it will not do, or says what holds anyway. */
function check(token: Token, value: string): string | undefined {
  const known = clean(token, value)
  return known === standard(token) ? undefined : known
}

function clean(token: Token, value: string): string | undefined {
  if (token.kind === 'font') return Object.hasOwn(fonts, value) ? value : undefined
  if (token.kind === 'amount') {
    const amount = Number(value)
    return value !== '' && amount >= 0 && amount <= token.most ? String(amount) : undefined
  }
  const [light, dark] = pair(value).map(readHex)
  return light && dark ? `${light} ${dark}` : undefined
}

/** A theme of what was chosen, without what is so anyway. */
export function chosen(values: Theme): Theme {
  const entries = Object.entries(tokens).flatMap(([name, token]) => {
    const value = check(token, values[name] ?? '')
    return value === undefined ? [] : [[name, value] as const]
  })
  return Object.fromEntries(entries)
}

/** Reads `#accent=3355d8-7d9bff&radius=8`. */
export function readHash(hash: string): Theme {
  return chosen(Object.fromEntries([...new URLSearchParams(hash.replace(/^#/, ''))].map(([name, value]) => [name, value.replace('-', ' ')])))
}

/** Writes a theme for the address of the page; `''` where nothing is chosen. */
export function writeHash(theme: Theme): string {
  const parts = Object.entries(theme).map(([name, value]) => `${name}=${value.replaceAll('#', '').replace(' ', '-')}`)
  return parts.length === 0 ? '' : `#${parts.join('&')}`
}

/** The style rule of a theme. */
export function cssOf(theme: Theme, selector: string): string {
  const lines = Object.entries(theme).map(([name, value]) => `  --hk-${name}: ${declared(name, value)};`)
  if (lines.length === 0) return '/* Nothing to write: elements look like this by themselves. */'
  return `${selector} {\n${lines.join('\n')}\n}`
}

function declared(name: string, value: string): string {
  const token = tokens[name]
  if (token?.kind === 'font') return fonts[value] ?? 'inherit'
  if (token?.kind === 'amount') return `${value}${token.unit}`
  const [light, dark] = pair(value)
  return light === dark ? light : `light-dark(${light}, ${dark})`
}

/** Contrast of a colour to the surface under it, and whether it is enough. */
export interface Check {
  readonly ratio: number
  readonly least: number
  readonly passes: boolean
}

/** A check in a few signs: `4.6 AA`, rounded down, so that what just fails does not read as if it passed. */
export function verdict({ ratio, least, passes }: Check): string {
  return `${(Math.floor(ratio * 10) / 10).toFixed(1)} ${passes ? 'AA' : `below ${least}`}`
}

/** Checks a colour of a theme in one scheme; `undefined` of what no contrast is asked. */
export function checkContrast(theme: Theme, name: string, scheme: 'light' | 'dark'): Check | undefined {
  const token = tokens[name]
  if (token?.kind !== 'colour' || token.least === undefined) return undefined
  const side = scheme === 'light' ? 0 : 1
  const ratio = contrast(pair(valueOf(theme, name))[side], pair(valueOf(theme, 'surface'))[side])
  return { ratio, least: token.least, passes: ratio >= token.least }
}
