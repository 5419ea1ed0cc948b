import { ConfigError } from '@hk-live/server'

/** Settings of the demo beside those of the service. */
export interface DemoSetting {
  /** `HK_DEMO_PORT`, 4748: shop, dashboard and SDK page; the article is on the next one. */
  readonly port: number
  /** `HK_DEMO_TRAFFIC`: `on`, or `off` for a quiet demo. */
  readonly traffic: boolean
  /** `HK_DEMO_DAYS`, 62, so that 30 days have 30 to compare with: days of history that the first start makes up. */
  readonly days: number
}

/**
 * Reads the demo's part of the environment.
 *
 * @throws {ConfigError} that names the setting
 */
export function readSetting(environment: Readonly<Record<string, string | undefined>>): DemoSetting {
  const traffic = environment.HK_DEMO_TRAFFIC ?? 'on'
  if (traffic !== 'on' && traffic !== 'off') {
    throw new ConfigError(`HK_DEMO_TRAFFIC is "${traffic}", but it must be on or off.`)
  }
  return {
    port: whole('HK_DEMO_PORT', environment.HK_DEMO_PORT ?? '4748', 65_534),
    traffic: traffic === 'on',
    days: whole('HK_DEMO_DAYS', environment.HK_DEMO_DAYS ?? '62', 365),
  }
}

function whole(name: string, text: string, most: number): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= most) return Number(text)
  throw new ConfigError(`${name} is "${text}", but it must be a whole number from 0 to ${most}.`)
}
