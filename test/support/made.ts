import { serverView, type TestService } from './service.ts'

/** An item that a test makes up, in the few fields that reports are counted by. */
export interface Made {
  visitor: number
  at: number
  type: 'pageview' | 'event'
  page: string
  source: string
}

/** Stores made-up items in a new site and returns its id. */
export async function storeMade(
  service: TestService,
  items: readonly Made[],
  timezone: string,
): Promise<string> {
  const site = await service.makeSite({ timezone })
  await service.sendFromServer(
    site,
    items.map(({ visitor, at, type, page, source }) =>
      serverView(visitor, at, page, {
        type,
        url: `https://shop.example${page}?utm_source=${source}`,
        ...(type === 'event' ? { name: 'e' } : {}),
      }),
    ),
  )
  return site
}
