// The shop's own script: a basket in the session, and the events a shop would send.
const read = () => JSON.parse(sessionStorage.getItem('basket') ?? '[]')
const basket = read()
const total = basket.reduce((sum, { price }) => sum + price, 0)

for (const button of document.querySelectorAll('[data-add]')) {
  button.addEventListener('click', () => {
    const { add, name, price } = button.dataset
    sessionStorage.setItem('basket', JSON.stringify([...read(), { add, name, price: Number(price) }]))
    window.hk?.('add_to_cart', { item_id: add, item_name: name, value: Number(price), currency: 'EUR' })
    button.textContent = 'In the basket'
  })
}

const shown = document.querySelector('[data-basket]')
if (shown && basket.length > 0) {
  shown.textContent = `${basket.map(({ name }) => name).join(', ')}: € ${total} in all.`
  document.querySelector('[data-buy]').hidden = false
}

if (location.pathname === '/thanks' && basket.length > 0) {
  window.hk?.('purchase', { transaction_id: crypto.randomUUID(), value: total, currency: 'EUR' })
  sessionStorage.removeItem('basket')
}
