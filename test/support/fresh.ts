import { expect } from 'bun:test'
import type { Answer, Client, Question, ReportName, Watch } from '../../sdk/index.ts'

/** A question to a report. */
export interface Asked {
  readonly report: ReportName
  readonly question?: Question
}

/** A watch, with what it asks. */
export interface Shown extends Asked {
  readonly watch: Watch<ReportName>
}

/** Asks once, past all that is shown: `client.ask` of a client that asks the service itself, for one. */
export type AskFresh = (report: ReportName, question?: Question) => Promise<Answer>

/** Watches several reports through a client. */
export function watchAll(client: Client, asked: readonly Asked[]): Shown[] {
  return asked.map((one) => ({ ...one, watch: client.watch(one.report, one.question) }))
}

/** What of an answer has to be the same: all but when it was made. */
function visible(answer: Answer | undefined): unknown {
  if (answer === undefined) return undefined
  const { version, range, data, compare } = answer
  return { version, range, data, compare }
}

/**
 * Waits until each watch is ready and shows what a load of the page would show now, and fails with the
 * difference where that does not come to be. What is counted has to have stopped changing. All are
 * compared with one answer for each question, taken anew in each round, as the clock moves answers too.
 *
 * @param shown of one client or of several
 * @param withinMs for all of them together
 */
export async function showsFresh(
  shown: readonly Shown[],
  ask: AskFresh,
  { withinMs = 30_000 }: { withinMs?: number } = {},
): Promise<void> {
  for (const deadline = Date.now() + withinMs; ; await Bun.sleep(100)) {
    const fresh = await askAll(shown, ask)
    const seen = shown.map(({ report, watch }) => view(report, watch.state.get(), watch.answer.get()))
    const wanted = shown.map((one) => view(one.report, 'ready', fresh.get(keyOf(one))))
    if (Bun.deepEquals(seen, wanted)) return
    if (Date.now() > deadline) expect(seen).toEqual(wanted)
  }
}

function view(report: ReportName, state: string, answer: Answer | undefined) {
  return { report, state, ...(answer !== undefined && { answer: visible(answer) }) }
}

function keyOf({ report, question = {} }: Asked): string {
  return `${report} ${JSON.stringify(question)}`
}

/** One answer for each question, however many show it. */
async function askAll(shown: readonly Shown[], ask: AskFresh): Promise<Map<string, Answer>> {
  const answers = new Map<string, Answer>()
  for (const one of new Map(shown.map((each) => [keyOf(each), each])).values()) {
    answers.set(keyOf(one), await ask(one.report, one.question))
  }
  return answers
}
