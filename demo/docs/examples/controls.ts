import type { Examples } from './example.ts'

/** Examples of what a reader chooses with, and of the whole. */
export const controls: Examples = {
  'hk-range': [
    {
      title: 'Range and comparison',
      about: 'All that stands in the same site follows.',
      html: `<hk-site share="{{share}}" range="30d" compare="previous">
  <hk-range></hk-range>
  <hk-chart metric="visitors" height="140">Visitors</hk-chart>
</hk-site>`,
    },
    {
      title: 'The range alone, from right to left',
      html: `<hk-site lang="ar" dir="rtl" share="{{share}}" range="7d">
  <hk-range offer="range"></hk-range>
  <hk-kpi metric="visitors">الزوار</hk-kpi>
</hk-site>`,
    },
  ],
  'hk-filters': [
    {
      title: 'Chips of what is filtered',
      about: 'Choose a row, and it becomes a chip; its cross takes it away.',
      html: `<hk-site share="{{share}}" range="30d" filters="country:DE">
  <hk-filters></hk-filters>
  <hk-table by="page" limit="4">Pages</hk-table>
</hk-site>`,
    },
    {
      title: 'In your colours',
      css: `.rose { --hk-accent: light-dark(#b3245f, #ff8fb9); --hk-surface: light-dark(#fff2f7, #331622); --hk-line: light-dark(#f3cfdf, #5b2a3f) }`,
      html: `<hk-site class="rose" share="{{share}}" range="30d" filters="device:mobile; country:FR" lang="fr">
  <hk-filters></hk-filters>
  <hk-kpi metric="visitors">Visiteurs</hk-kpi>
</hk-site>`,
    },
  ],
  'hk-dashboard': [
    {
      title: 'The whole, by one tag',
      about: 'It shows what its link allows, and fits itself to the room that it has.',
      html: `<hk-dashboard share="{{share}}" range="30d" compare="previous">Our numbers of the last 30 days</hk-dashboard>`,
    },
    {
      title: 'A choice of sections, in your colours, in German',
      css: `.slate { --hk-accent: light-dark(#0f6e6e, #5fc9c0); --hk-surface: light-dark(#f3f8f8, #16211f); --hk-line: light-dark(#d5e5e4, #29403d); --hk-radius: 2px }`,
      html: `<hk-dashboard class="slate" lang="de" share="{{share}}" range="7d" sections="kpis, chart, pages, sources" live="off">
  Unsere Zahlen der letzten 7 Tage
</hk-dashboard>`,
    },
  ],
}
