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

/**
 * What is used from an armchair, a wrist, a dashboard or a head, though it says that it is a phone or a tablet: names
 * under which televisions, sticks, boxes, consoles, watches, cars, glasses and readers are known.
 */
const otherDevice = new RegExp(
  [
    String.raw`\b(?:\w*smart[-_ ]?tv|(?:google|android|apple|opera|philips|hisense|sony|mi|net|pov|ce-html\+?|roku|beyond)[-_ ]?tv|tv[-_ ]?(?:box|stick|safari))\b`,
    String.raw`\b(?:philips \d\d[a-z]{3}\d\w*|streaming (?:box|stick)|hbbtv|bravia|web0s|netcast|viera|aquos|vidaa|titanos|whaletv|zeasn|dtv|nettv|inettv\w*|crkey|chromecast|roku|mitv\w*|mibox\w*|mi box|nexus player|shield android|googletv|adt-\d|stb|x96\w*|h96\w*|mag\d{3}|formuler\w*)\b`,
    String.raw`\b(?:xbox|playstation|nintendo|psp)\b`,
    String.raw`\b(?:apple watch|watchos|wear os|wearos|sm-r[789]\d\d[a-z]*|sm-l[3578]\d\d[a-z]*|gt watch\w*)\b`,
    String.raw`\b(?:quest(?: \d| pro)?|oculusbrowser|oculus|pico (?:neo|g|4)\w*|vision pro|hololens|google glass|glass \d)\b`,
    String.raw`\b(?:tesla|qtcarbrowser|gm-\w+car|android automotive|carplay)\b`,
    String.raw`\bkindle\/\d`,
  ].join('|'),
  'i',
)

/** The same of models and systems, which stand in the first parentheses: elsewhere these are parts of names of apps. */
const otherModel = /^[^(]*\((?:[^)]*[;(] ?|)(?:AFT[A-Z0-9]{1,8}\b|(?:[^;)]*\b)?(?:TV|Watch)\b)/

function device(type: string | undefined, userAgent: string): Device {
  const head = userAgent.slice(0, 512)
  if (otherDevice.test(head) || otherModel.test(head)) return 'other'
  if (type === 'desktop' || type === 'mobile' || type === 'tablet') return type
  // Bowser gives no platform to ChromeOS and the BSDs; both draw by X11.
  return type === undefined && /\bX11;/.test(userAgent) ? 'desktop' : 'other'
}
