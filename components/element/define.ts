/**
 * Registers an element, unless its name is taken: a page may load the elements twice, once by the script and
 * once by a bundle. What leaves the name without an element is thrown.
 */
export function define(
  tag: string,
  element: CustomElementConstructor,
  registry: CustomElementRegistry = customElements,
): void {
  if (registry.get(tag) === undefined) registry.define(tag, element)
}
