import Bowser from 'bowser'
import { memo } from './memo.ts'

/** Device classes; `other` holds televisions, consoles and what can't be told. */
export type Device = 'desktop' | 'mobile' | 'tablet' | 'other'

/** What a user agent says of a browser. Names are plain (`Edge`, `macOS`), `''` where unknown. */
export interface Agent {
  browser: string
  os: string
  device: Device
}

/** Bowser's names that people know under shorter ones. */
const plainNames = new Map([
  ['Microsoft Edge', 'Edge'],
  ['Samsung Internet for Android', 'Samsung Internet'],
  ['Chrome OS', 'ChromeOS'],
  ['NAVER Whale Browser', 'Whale'],
  ['Google Search', 'Google app'],
])

// Bowser answers the head of an agent that it does not know: only its own names are taken over.
const browsers = new Set<string>(Object.values(Bowser.BROWSER_MAP))
const systems = new Set<string>(Object.values(Bowser.OS_MAP))
browsers.delete('Generic')

function plain(name: string | undefined, known: ReadonlySet<string>): string {
  if (name === undefined || !known.has(name)) return ''
  return plainNames.get(name) ?? name
}

/**
 * Browser, operating system and device class of a user agent; never throws. Only the first 512
 * characters are read, and the last 5,000 agents are remembered.
 *
 * Versions are left out on purpose: agents have frozen them (Chrome since 110, macOS since 10.15.7), and
 * an exact version helps to single out a person.
 */
export const parseAgent: (userAgent: string) => Agent = memo((userAgent) => {
  if (userAgent === '') return { browser: '', os: '', device: 'other' }
  const { browser, os, platform } = Bowser.parse(userAgent)
  return {
    browser: plain(browser.name, browsers),
    os: plain(os.name, systems),
    device: device(platform.type, userAgent),
  }
})

function device(type: string | undefined, userAgent: string): Device {
  if (type === 'desktop' || type === 'mobile' || type === 'tablet') return type
  // Bowser gives no platform to ChromeOS and the BSDs; both draw by X11.
  return type === undefined && /\bX11;/.test(userAgent) ? 'desktop' : 'other'
}
