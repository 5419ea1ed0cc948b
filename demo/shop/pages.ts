import { type Lamp, lamps, picture } from './lamps.ts'

/** A page of the shop: its title and the HTML of its main part. */
export interface Page {
  readonly title: string
  readonly main: string
}

const card = (lamp: Lamp) => `
  <a class="card" href="/lamps/${lamp.slug}">
    ${picture(lamp)}
    <span class="row"><strong>${lamp.name}</strong><span>€ ${lamp.price}</span></span>
    <span class="line">${lamp.line}</span>
  </a>`

const home: Page = {
  title: 'Desk lamps made to be repaired',
  main: `
  <section class="hero">
    <div>
      <h1>Lamps you will<br>hand down.</h1>
      <p>We make three desk lamps in oak, brass and glass. Each comes apart with one screwdriver, and each part can be had for as long as we are here: eleven years so far.</p>
      <p><a class="button" href="/lamps">See the lamps</a> <a class="plain" href="/repair">How repair works</a></p>
    </div>
    ${lamps[0] === undefined ? '' : picture(lamps[0])}
  </section>
  <section class="grid">${lamps.map(card).join('')}</section>
  <section class="note">
    <h2>The workshop is open on Fridays</h2>
    <p>Bring a lamp, ours or not, and we will mend it with you. There is coffee, and a bench at the height of a ten-year-old.</p>
  </section>`,
}

const list: Page = {
  title: 'Lamps',
  main: `<h1>Three lamps</h1><p class="lead">We would rather make three well. Each is in stock and leaves Freiburg within a day.</p><section class="grid">${lamps.map(card).join('')}</section>`,
}

const repair: Page = {
  title: 'Repair',
  main: `
  <article class="text">
    <h1>Repair, in four minutes</h1>
    <p>Tell us the lamp and what is wrong. We send the part by letter on the same day; the old one comes back to us in the same envelope.</p>
    <h2>What breaks, honestly</h2>
    <ul>
      <li><strong>The dimmer of Beam</strong>, after some six years of being turned too far. Twelve euros.</li>
      <li><strong>The brass pin of Arc</strong>, when somebody uses the lamp as a coat hook. Four euros.</li>
      <li><strong>The glass of Pebble</strong>, on stone floors. Nineteen euros, and our sympathy.</li>
    </ul>
    <p>Parts for lamps from our first year are still in the drawer on the left.</p>
  </article>`,
}

const journal: Page = {
  title: 'Why warm light reads better at night',
  main: `
  <article class="text">
    <p class="eyebrow">Journal · 4 November</p>
    <h1>Why warm light reads better at night</h1>
    <p>The eye at dusk wants less blue. At 2,700 kelvin a page of print keeps its contrast, and the hour before sleep stays an hour before sleep.</p>
    <p>We measured it in the least scientific way there is: eleven people, one novel, two lamps. Nine of them asked to keep the warm one.</p>
    <p>If you read in bed, look at <a href="/lamps/arc">Arc</a>. If somebody next to you sleeps, look at <a href="/lamps/pebble">Pebble</a>.</p>
  </article>`,
}

const cart: Page = {
  title: 'Your basket',
  main: `
  <article class="text">
    <h1>Your basket</h1>
    <p class="total" data-basket>Your basket is empty. It would look well with a lamp in it.</p>
    <p><a class="button" href="/thanks" data-buy hidden>Buy</a> <a class="plain" href="/lamps">Look further</a></p>
    <p class="small">This is a demonstration: nothing is sold here, and no lamp will come.</p>
  </article>`,
}

const thanks: Page = {
  title: 'Thank you',
  main: `
  <article class="text">
    <h1>Thank you.</h1>
    <p>We are packing it now, with the screwdriver. You will have a letter when it leaves.</p>
    <p><a class="plain" href="/">Back to the lamps</a></p>
  </article>`,
}

function lampPage(lamp: Lamp): Page {
  const facts = lamp.facts.map(([name, value]) => `<dt>${name}</dt><dd>${value}</dd>`).join('')
  return {
    title: `${lamp.name}, ${lamp.line.toLowerCase()}`,
    main: `
  <section class="product">
    <div class="stage">${picture(lamp)}</div>
    <div>
      <h1>${lamp.name}</h1>
      <p class="lead">${lamp.line}</p>
      ${lamp.text.map((text) => `<p>${text}</p>`).join('')}
      <p class="price">€ ${lamp.price} <span>with post, anywhere in Europe</span></p>
      <p><button class="button" data-add="${lamp.slug}" data-name="${lamp.name}" data-price="${lamp.price}">Add to basket</button></p>
      <dl>${facts}</dl>
    </div>
  </section>`,
  }
}

/** Pages of the shop, by path. */
export const pages: ReadonlyMap<string, Page> = new Map([
  ['/', home],
  ['/lamps', list],
  ...lamps.map((lamp) => [`/lamps/${lamp.slug}`, lampPage(lamp)] as const),
  ['/repair', repair],
  ['/journal/warm-light', journal],
  ['/cart', cart],
  ['/thanks', thanks],
])

/** A whole page of the shop, with the tracker as its owner would paste it. */
export function render({ title, main }: Page, tracker: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title} · Lumen &amp; Oak</title>
<link rel="icon" href="/icon.svg">
<link rel="stylesheet" href="/shop.css">
${tracker}
<script defer src="/shop.js"></script>
</head>
<body>
<header><a class="brand" href="/">Lumen <i>&amp;</i> Oak</a><nav><a href="/lamps">Lamps</a><a href="/repair">Repair</a><a href="/journal/warm-light">Journal</a><a href="/cart">Basket</a></nav></header>
<main>${main}</main>
<footer><p>Lumen &amp; Oak, Freiburg. Made since 2015 by six people and a lathe.</p><p>A shop that does not exist, made for the demo of hk-live.</p></footer>
</body>
</html>`
}
