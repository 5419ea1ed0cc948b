/** What a route answers, as an example in the OpenAPI document. */
export function answerOf(status: 200 | 201, example: object) {
  return {
    [status]: {
      description: status === 201 ? 'It is made.' : 'As it is now.',
      content: { 'application/json': { example } },
    },
  }
}
