import { formatQuestion, HkError } from '@hk-live/sdk'
import type { Client, Question } from '@hk-live/sdk'

/** Milliseconds for which the browser may take to read what it saves. */
const readMs = 60_000

/**
 * Has the browser save all rows of a breakdown as CSV. It is asked for here and not by a link, as a link cannot carry a
 * token or a password.
 *
 * @throws HkError where the service refuses, or the file breaks off
 */
export async function saveRows(client: Client, question: Question): Promise<void> {
  const answer = await client.request(`/reports/breakdown/export?format=csv&${formatQuestion(question)}`)
  const rows = await answer.blob().catch((cause) => {
    throw new HkError('network', 'The file broke off. Try again.', { cause })
  })
  const url = URL.createObjectURL(rows)
  const link = document.createElement('a')
  link.href = url
  link.download = `${(await client.site()).domain}-${question.by}.csv`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), readMs)
}
