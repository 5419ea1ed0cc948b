// The dashboard is one tag; what is written here is the switch of the demo's own traffic.
const traffic = document.querySelector<HTMLInputElement>('[data-traffic]')

const state = async (init?: RequestInit): Promise<{ on: boolean }> => (await fetch('/traffic', init)).json()
if (traffic !== null) {
  traffic.checked = (await state()).on
  traffic.addEventListener('change', () => void state({ method: 'POST', body: JSON.stringify({ on: traffic.checked }) }))
}
