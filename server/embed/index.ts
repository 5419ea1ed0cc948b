/**
 * What is put into other pages: the tracker and the elements; and the pages of share links.
 *
 * @module
 */
export { assetRoutes, type Assets, readAssets } from './assets.ts'
export { homeRoutes } from './home.ts'
export { iconRoutes } from './icon.ts'
export { pageRoutes } from './share.ts'
