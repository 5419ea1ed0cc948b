/**
 * How far from the left edge of an element a pointer is, in the element's own pixels: whatever the page turns, scales
 * or zooms. The element has to be the target, so what lies in it takes no pointer.
 */
export function placeIn(element: Element, event: PointerEvent): number {
  // Browsers take transforms out of the offset, but not zoom, of which older ones do not tell.
  return event.offsetX / (element.currentCSSZoom ?? 1)
}
