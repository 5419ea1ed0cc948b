import type { Examples } from './example.ts'

/** Examples of elements that list something. */
export const lists: Examples = {
  'hk-table': [
    { title: 'Pages', html: `<hk-table share="{{share}}" by="page" range="30d" limit="5">Pages of the last 30 days</hk-table>` },
    {
      title: 'With a search field',
      html: `<hk-table share="{{share}}" by="city" range="30d" limit="5" search label="Cities">Cities of the last 30 days</hk-table>`,
    },
    {
      title: 'Several figures, and all rows as a file',
      about: 'A head sorts. Where there is no room for all figures, the first ones stay.',
      html: `<hk-table share="{{share}}" by="entry_page" metrics="visits,pageviews,bounce_rate,visit_duration" range="30d" limit="5" download>
  Entry pages of the last 30 days
</hk-table>`,
    },
    {
      title: 'In your colours',
      css: `.ink { --hk-accent: light-dark(#17181d, #eceef3); --hk-radius: 0; --hk-font: Georgia, serif }
.ink::part(row) { border-block-end: 1px solid light-dark(#e3e1dc, #33363d) }`,
      html: `<hk-table class="ink" share="{{share}}" by="source" range="30d" limit="5">Sources of the last 30 days</hk-table>`,
    },
    {
      title: 'From right to left',
      html: `<hk-table lang="ar" dir="rtl" share="{{share}}" by="country" range="30d" limit="4">البلدان في آخر 30 يومًا</hk-table>`,
    },
  ],
  'hk-feed': [
    {
      title: 'As they come',
      about: 'Point at it, and it stands still. A share link shows single visits only where it was made for that.',
      html: `<hk-feed share="{{share}}" limit="5">The latest visits</hk-feed>`,
    },
    { title: 'One country, in German', html: `<hk-feed lang="de" share="{{share}}" filters="country:DE" limit="3" label="Aus Deutschland">Die letzten Besuche</hk-feed>` },
  ],
  'hk-toasts': [
    {
      title: 'In a corner of the screen',
      about: 'It takes no room where it stands: a new visit slides in at the lower end of the window, and a rush becomes one toast.',
      html: `<p>Whoever comes to the shop now is told of below.</p>
<hk-toasts share="{{share}}" position="block-end inline-end" duration="4"></hk-toasts>`,
    },
  ],
  'hk-goals': [
    { title: 'Goals', html: `<hk-goals share="{{share}}" range="30d" compare="previous">Goals of the last 30 days</hk-goals>` },
    {
      title: 'In your colours, the best rate first',
      css: `.grape { --hk-accent: light-dark(#7a3fc4, #c29bff); --hk-radius: 12px }`,
      html: `<hk-goals class="grape" share="{{share}}" range="7d" sort="rate" label="This week">Goals of this week</hk-goals>`,
    },
  ],
  'hk-funnel': [
    { title: 'A funnel', html: `<hk-funnel share="{{share}}" range="30d" compare="previous" steps="3">From lamp to purchase</hk-funnel>` },
    {
      title: 'By its name, on phones, in Spanish',
      html: `<hk-funnel lang="es" share="{{share}}" funnel="From lamp to purchase" filters="device:mobile" range="30d" steps="3">
  De la lámpara a la compra
</hk-funnel>`,
    },
  ],
  'hk-events': [
    { title: 'Events', about: 'A row leads to the event: its course, its properties and who sent it.', html: `<hk-events share="{{share}}" range="30d" limit="5">Events of the last 30 days</hk-events>` },
    { title: 'One event', html: `<hk-events share="{{share}}" name="purchase" range="30d" limit="5">Purchases of the last 30 days</hk-events>` },
  ],
  'hk-vitals': [
    { title: 'Core Web Vitals', html: `<hk-vitals share="{{share}}" range="30d">Web Vitals of the last 30 days</hk-vitals>` },
    { title: 'By page', html: `<hk-vitals share="{{share}}" metrics="LCP,INP" by="page" range="30d" limit="4">Web Vitals by page</hk-vitals>` },
    { title: 'In German', html: `<hk-vitals lang="de" share="{{share}}" metrics="LCP,CLS,TTFB" range="30d">Web Vitals der letzten 30 Tage</hk-vitals>` },
  ],
  'hk-ai': [
    { title: 'What agents read', html: `<hk-ai share="{{share}}" range="30d">AI agents of the last 30 days</hk-ai>` },
    { title: 'By page', html: `<hk-ai share="{{share}}" by="page" range="30d" limit="4">AI agents by page</hk-ai>` },
  ],
  'hk-opportunities': [
    {
      title: 'Findings',
      about: 'For those who run a site: a share link shows them only where it names this report.',
      html: `<hk-opportunities share="{{share}}" limit="4">What the site could do better</hk-opportunities>`,
    },
  ],
}
