import type { Examples } from './example.ts'

/** Examples of elements that show a number, a course or the connection. */
export const numbers: Examples = {
  'hk-site': [
    {
      title: 'Say it once',
      about: 'Link, range and comparison stand on the site; what is inside follows. A click on a row filters all of it, and another lets go.',
      html: `<hk-site share="{{share}}" range="7d" compare="previous">
  <hk-kpi metric="visitors" spark>Visitors of the last 7 days</hk-kpi>
  <hk-table by="source" limit="4">Where they come from</hk-table>
</hk-site>`,
    },
    {
      title: 'Sites nest',
      about: 'The inner one changes what it names and takes the rest from around. Filters add up.',
      css: `.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 16px 32px }`,
      html: `<hk-site class="pair" share="{{share}}" range="30d">
  <hk-kpi metric="visitors" label="Everybody">Visitors</hk-kpi>
  <hk-site filters="country:DE">
    <hk-kpi metric="visitors" label="From Germany">Visitors from Germany</hk-kpi>
  </hk-site>
</hk-site>`,
    },
    {
      title: 'In another language',
      about: 'Words, numbers and dates follow the closest lang, and dir turns them round.',
      html: `<hk-site lang="ar" dir="rtl" share="{{share}}" range="30d" compare="previous">
  <hk-kpi metric="visitors" spark>الزوار</hk-kpi>
  <hk-table by="country" limit="3">البلدان</hk-table>
</hk-site>`,
    },
  ],
  'hk-kpi': [
    {
      title: 'In a sentence',
      about: 'Alone in a text it takes the font and colour around it, as if the author had typed the number.',
      box: 'text',
      html: `<p>Read by <hk-kpi share="{{share}}" metric="visitors" range="30d">many</hk-kpi> people this month,
who opened <hk-kpi share="{{share}}" metric="pageviews" range="30d">many</hk-kpi> pages.</p>`,
    },
    {
      title: 'As a card',
      about: 'With a label, a comparison or a sparkline it becomes a block.',
      html: `<hk-kpi share="{{share}}" metric="visitors" range="30d" compare="previous" spark label="Visitors">
  Visitors of the last 30 days
</hk-kpi>`,
    },
    {
      title: 'A row of figures',
      css: `.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(136px, 1fr)); gap: 24px }`,
      html: `<hk-site class="figures" share="{{share}}" range="7d" compare="previous">
  <hk-kpi metric="visits">Visits</hk-kpi>
  <hk-kpi metric="pageviews" format="compact">Pageviews</hk-kpi>
  <hk-kpi metric="bounce_rate">Bounce rate</hk-kpi>
  <hk-kpi metric="visit_duration">Visit duration</hk-kpi>
</hk-site>`,
    },
    {
      title: 'In your colours',
      about: 'Tokens set colours and font, parts reach what is left.',
      css: `.warm { --hk-accent: light-dark(#a8480a, #ffb265); --hk-font: Georgia, serif }
.warm::part(value) { font-style: italic }`,
      html: `<hk-kpi class="warm" share="{{share}}" metric="visitors" range="30d" compare="previous" spark label="Readers">
  Readers of the last 30 days
</hk-kpi>`,
    },
    {
      title: 'From right to left',
      html: `<hk-kpi lang="ar" dir="rtl" share="{{share}}" metric="visitors" range="30d" compare="previous" spark>
  الزوار في آخر 30 يومًا
</hk-kpi>`,
    },
  ],
  'hk-live': [
    {
      title: 'In a sentence',
      box: 'text',
      html: `<p>Right now <hk-live share="{{share}}" variant="inline">some</hk-live> people are walking about our shop.</p>`,
    },
    { title: 'As a card', html: `<hk-live share="{{share}}" label="In the shop now">People in the shop now</hk-live>` },
    {
      title: 'On a dark ground, in Japanese',
      about: 'theme forces a colour scheme, whatever that of the page is.',
      box: 'dark',
      html: `<hk-live lang="ja" theme="dark" variant="block" share="{{share}}">現在の訪問者</hk-live>`,
    },
  ],
  'hk-status': [
    { title: 'In a sentence', box: 'text', html: `<p>The numbers on this page are <hk-status share="{{share}}">shown as they were</hk-status></p>` },
    { title: 'In German', box: 'text', html: `<p lang="de">Verbindung: <hk-status share="{{share}}">keine</hk-status></p>` },
  ],
  'hk-chart': [
    {
      title: 'Against the month before',
      about: 'The comparison is thin and dashed, the day that is not over dotted. Go from day to day with the arrow keys.',
      html: `<hk-chart share="{{share}}" metric="visitors" range="30d" compare="previous">Visitors by day</hk-chart>`,
    },
    {
      title: 'Several metrics, one at a time',
      about: 'Metrics with commas between become buttons.',
      html: `<hk-chart share="{{share}}" metric="visitors,pageviews,bounce_rate" type="line" range="90d" interval="week" height="180">
  Visitors by week
</hk-chart>`,
    },
    {
      title: 'Where they come from',
      about: 'The greatest values stand on one another where they add up to the whole. A value keeps its colour when another overtakes it.',
      html: `<hk-chart share="{{share}}" metric="pageviews" by="source" range="30d" height="200">Pageviews by source</hk-chart>`,
    },
    {
      title: 'Bars, and a stretch of them as the range',
      about: 'Draw over some days, or choose them with Shift and the arrow keys, then Enter: everything in the site follows.',
      html: `<hk-site share="{{share}}" range="30d" compare="previous">
  <hk-range offer="range"></hk-range>
  <hk-chart brush type="bar" metric="visits" height="180">Visits by day</hk-chart>
  <hk-table by="page" limit="3">Pages</hk-table>
</hk-site>`,
    },
    {
      title: 'In your colours',
      css: `.forest { --hk-accent: light-dark(#1c7a4d, #63d29b); --hk-line: light-dark(#dcebe2, #22352b); --hk-font: ui-monospace, monospace }`,
      html: `<hk-chart class="forest" share="{{share}}" metric="pageviews" range="24h" height="160" label="The last 24 hours">
  Pageviews by hour
</hk-chart>`,
    },
    {
      title: 'In Japanese, one country',
      html: `<hk-chart lang="ja" share="{{share}}" metric="visitors" range="30d" filters="country:DE" height="160">訪問者数</hk-chart>`,
    },
  ],
  'hk-globe': [
    {
      title: 'A globe',
      about: 'Drag it, or turn it with the arrow keys. The list beside it is the same in words.',
      html: `<hk-globe share="{{share}}">Where our visitors are now</hk-globe>`,
    },
    { title: 'A flat map', html: `<hk-globe view="map" share="{{share}}">Where our visitors are now</hk-globe>` },
    { title: 'The list alone, in French', html: `<hk-globe view="list" lang="fr" limit="4" share="{{share}}">Les visiteurs en ce moment</hk-globe>` },
  ],
}
