/** All text that an element paints: its shadow tree, with what is slotted into it. */
export function textOf(element: Element): string {
  const root = element.shadowRoot
  if (!root) throw new Error(`<${element.localName}> is not upgraded.`)
  return painted(root).replaceAll(/\s+/g, ' ').trim()
}

function painted(node: Node): string {
  if (node instanceof Text) return node.data
  const slotted = node instanceof HTMLSlotElement ? node.assignedNodes() : []
  return [...(slotted.length > 0 ? slotted : node.childNodes)].map(painted).join('')
}
