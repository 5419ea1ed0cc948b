import { Elysia } from 'elysia'
import { contentOf } from '../openapi/index.ts'

const picture =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#3355d8"/>' +
  '<circle cx="16" cy="16" r="6" fill="#fff"/></svg>'

const answer = () =>
  new Response(picture, { headers: { 'content-type': 'image/svg+xml', 'cache-control': 'public, max-age=86400' } })

/**
 * The icon of the service's pages. Pages name `/embed/icon.svg`; of what names none, such as text and JSON,
 * a browser asks for `/favicon.ico`, and logs an error where that is not found.
 */
export function iconRoutes() {
  const responses = contentOf('image/svg+xml', 'The picture.', picture)
  return new Elysia({ detail: { tags: ['embed'] } })
    .get('/embed/icon.svg', answer, {
      detail: { summary: 'The icon', description: 'What a browser shows beside the title of a page of the service.', responses },
    })
    .get('/favicon.ico', answer, {
      detail: { summary: 'The icon, where browsers look for it', description: 'The same as `/embed/icon.svg`.', responses },
    })
}
