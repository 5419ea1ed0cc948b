/** What is used of the analyzer, which has no types for it. */
declare module '@custom-elements-manifest/analyzer' {
  /** A source file, parsed. */
  interface Source {
    readonly fileName: string
  }
  export function create(options: {
    modules: readonly Source[]
    plugins: readonly object[]
  }): import('custom-elements-manifest').Package
  export const ts: {
    readonly ScriptTarget: { readonly ESNext: number }
    createSourceFile(path: string, text: string, target: number, setParents: boolean): Source
  }
}

declare module '@custom-elements-manifest/analyzer/src/features/framework-plugins/lit/lit.js' {
  export function litPlugin(): object[]
}
