import { type Api, CommandError } from './api.ts'
import { idFrom, type Options, siteOf, table } from './manage.ts'

interface AnnotationRow {
  readonly id: string
  readonly at: string
  readonly text: string
}

/** `hk annotations [add TEXT [--at TIME] | remove ID] --site ID`. */
export async function annotations(
  api: Api,
  [action = 'list', word]: readonly string[],
  options: Options,
): Promise<string> {
  const { id } = await siteOf(api, options)
  if (action === 'list') {
    const { annotations: rows } = await api.ask<{ annotations: AnnotationRow[] }>(
      'GET',
      `/api/sites/${id}/annotations`,
    )
    const cells = rows.map(({ id: own, at, text }) => [own, at, text])
    return table(cells, 'No annotations yet: hk annotations add TEXT')
  }
  if (action === 'add' && word !== undefined) {
    const body = { text: word, at: options.at }
    const made = await api.ask<AnnotationRow>('POST', `/api/sites/${id}/annotations`, body)
    return `Made annotation ${made.id} at ${made.at}.`
  }
  if (action === 'remove' && word !== undefined) {
    await api.ask('DELETE', `/api/sites/${id}/annotations/${idFrom(word)}`)
    return `Removed ${word}.`
  }
  throw new CommandError('Usage: hk annotations [add TEXT [--at TIME] | remove ID] --site ID')
}
