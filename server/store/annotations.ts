import type { Database, Transaction } from './connect.ts'
import { newId } from './sites.ts'

/** A note at a time of a site: what happened then. */
export interface Annotation {
  readonly site_id: string
  readonly annotation_id: string
  readonly at: Date
  readonly text: string
  readonly created_at: Date
}

/** What can be set of an annotation. */
export type AnnotationSettings = Pick<Annotation, 'at' | 'text'>

/** Lists the annotations of a site in order of time. */
export function listAnnotations(sql: Database, siteId: string): Promise<Annotation[]> {
  return sql<Annotation[]>`select * from annotations where site_id = ${siteId} order by at, annotation_id`
}

/** The texts of annotations in a span of time, in order of time. */
export function annotationsBetween(sql: Database, siteId: string, from: number, to: number): Promise<Pick<Annotation, 'at' | 'text'>[]> {
  return sql`
    select at, text from annotations
    where site_id = ${siteId} and at >= ${new Date(from)} and at < ${new Date(to)}
    order by at, annotation_id`
}

/** Makes an annotation, in a transaction that holds the version row of its site. */
export async function createAnnotation(
  tx: Transaction,
  siteId: string,
  settings: AnnotationSettings,
): Promise<string> {
  const annotation_id = newId()
  await tx`insert into annotations ${tx({ site_id: siteId, annotation_id, ...settings })}`
  return annotation_id
}

/** Changes an annotation, in a transaction that holds the version row of its site. */
export async function updateAnnotation(
  tx: Transaction,
  { site_id, annotation_id }: Annotation,
  changes: Partial<AnnotationSettings>,
): Promise<void> {
  if (Object.keys(changes).length === 0) return
  await tx`
    update annotations set ${tx(changes)} where site_id = ${site_id} and annotation_id = ${annotation_id}`
}

/** Deletes an annotation, in a transaction that holds the version row of its site. */
export async function deleteAnnotation(tx: Transaction, { site_id, annotation_id }: Annotation): Promise<void> {
  await tx`delete from annotations where site_id = ${site_id} and annotation_id = ${annotation_id}`
}
