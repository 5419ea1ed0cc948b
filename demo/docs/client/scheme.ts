/**
 * Sets the colour scheme that was chosen last before anything is painted: a classic script in the head.
 *
 * @module
 */
try {
  document.documentElement.dataset.scheme = localStorage.getItem('scheme') ?? 'auto'
} catch {
  // Where nothing may be stored, the scheme is that of the system.
}
