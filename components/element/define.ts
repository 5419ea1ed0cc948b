/**
 * Registers an element, unless its name is taken: a page may load the elements twice, once by the script and
 * once by a bundle. Any other fault is thrown.
 */
export function define(
  tag: string,
  element: CustomElementConstructor,
  registry: CustomElementRegistry = customElements,
): void {
  try {
    registry.define(tag, element)
  } catch (error) {
    if (!(error instanceof DOMException) || error.name !== 'NotSupportedError') throw error
  }
}
