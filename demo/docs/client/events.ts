/** Counts events as the examples of the page fire them, in the table that describes them. */
export function countEvents(): void {
  for (const place of document.querySelectorAll<HTMLElement>('[data-fired]')) {
    let count = 0
    document.addEventListener(place.dataset.fired ?? '', () => {
      count += 1
      place.textContent = `${count} ×`
      place.title = `Fired ${count} times by the examples above, the last time at ${new Date().toLocaleTimeString()}`
    })
  }
}
