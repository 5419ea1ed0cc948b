/** A parameter as the OpenAPI document has it. */
export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required?: boolean
  readonly description: string
  readonly schema: object
  readonly example?: unknown
  /** Of a list: one parameter for each value, or all in one with commas between. */
  readonly explode?: boolean
}

const text = { type: 'string' }

const descriptions: Readonly<Record<string, readonly [description: string, example: string]>> = {
  id: ['Id of the site.', 'x7k2m9qf4a'],
  token: ['Token of the share link: it is the credential.', 'hks_3f8Yt0…'],
  report: ['Name of the report.', 'overview'],
  goal: ['Id of the goal.', 'k3v9x2m7qa'],
  funnel: ['Id of the funnel.', 'p8w4c6t2zd'],
  annotation: ['Id of the annotation.', 'h5n2r8y4wb'],
  exclusion: ['Id of the exclusion.', 'w4t7c2n9xm'],
  opportunity: ['Id of the finding.', '2b1f0c9d8e7a6b5c4d3e'],
  share: ['Id of the share link.', 'r4d8j2w6sx'],
  import: ['Id of the import.', 'm4t9r2x7kc'],
  client: ['Id of the API client.', 'v6b3q9n5tc'],
  path: ['Path of the file.', 'hk.js'],
  element: ['Name of the element.', 'kpi'],
}

/** A parameter in a path, by its name; one that is not described here has only that. */
export function pathParameter(name: string): Parameter {
  const [description = `The ${name}.`, example = name] = descriptions[name] ?? []
  return { name, in: 'path', required: true, description, schema: text, example }
}

/** The password of a share link that has one. */
export const sharePassword = 'X-HK-Password'
