export type { LoaderOptions } from './loader/options.ts'
export { faultline } from './loader/vite.ts'
