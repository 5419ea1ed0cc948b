/**
 * Tells the page around an `<iframe>` how high this page is, at first and whenever that changes:
 * `{ type: 'hk-height', height }`, in CSS pixels. It says nothing else, so any page may hear it; which pages may put
 * this one into a frame at all is what `frame-ancestors` says.
 *
 * @module
 */
let told = 0

function tell(): void {
  const height = Math.ceil(document.body.getBoundingClientRect().height)
  if (height === told) return
  told = height
  parent.postMessage({ type: 'hk-height', height }, '*')
}

if (parent !== window) {
  new ResizeObserver(tell).observe(document.body)
  tell()
}
