/**
 * What is put into other pages: the tracker and the elements.
 *
 * @module
 */
export { assetRoutes, type Assets, readAssets } from './assets.ts'
export { homeRoutes } from './home.ts'
