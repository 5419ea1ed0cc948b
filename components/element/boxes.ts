/** Marks a style sheet for the build, as Lit is not loaded yet where this one is needed. */
const css = String.raw

/**
 * Boxes for elements that are not defined yet, as high as they will be, so that nothing on the page moves
 * when they come: heights follow from the styles of each. Numbers in sentences and the status need none.
 */
export const rules = css`
  :where(hk-site:not(:defined)) {
    display: contents;
  }
  :is(hk-chart, hk-table, hk-globe, hk-feed, hk-funnel, hk-goals, hk-vitals, hk-events, hk-opportunities, hk-ai):not(:defined) {
    display: block;
    box-sizing: content-box;
    --_head: calc(max(24px, 1.4em) + 8px);
    --_rest: 0px;
    --_row: 36px;
    --_rows: 10;
    --_body: calc(var(--_row) * var(--_rows));
    min-height: calc(var(--_head) + var(--_rest) + var(--_body));
  }
  hk-chart:not(:defined) {
    --_body: 240px;
  }
  hk-funnel:not(:defined) {
    --_body: 248px;
  }
  :is(hk-goals, hk-events, hk-table[metrics]:not([metrics='visitors'])):not(:defined) {
    --_rest: 28px;
  }
  hk-opportunities:not(:defined) {
    --_body: 300px;
  }
  hk-ai:not(:defined) {
    --_rest: 316px;
    --_rows: 5;
  }
  hk-vitals:not(:defined) {
    --_body: 96px;
  }
  /* As wide as a phone; of a narrow column of a wide page nobody knows before. */
  @media (max-width: 480px) {
    hk-goals:not(:defined) {
      --_row: 58px;
    }
    hk-ai:not(:defined) {
      --_rest: 498px;
    }
    hk-vitals:not(:defined) {
      --_body: 320px;
    }
  }
  hk-chart[by]:not(:defined, [legend='none']) {
    padding-bottom: 32px;
  }
  hk-table[search]:not([search='false'], :defined) {
    padding-bottom: 38px;
  }
  hk-feed:not(:defined) {
    --_body: 312px;
  }
  /* Where there is no room beside the picture, the list is below it. */
  hk-globe:not(:defined) {
    --_body: 240px;
    padding-bottom: clamp(0px, (484px - 100%) * 999, 184px);
  }
  hk-globe[view='map']:not(:defined) {
    --_body: 180px;
  }
  hk-globe[view='list']:not(:defined) {
    --_body: 168px;
    padding: 0;
  }
  @supports (width: attr(x type(<number>), 1px)) {
    hk-chart:not(:defined) {
      --_body: calc(1px * attr(height type(<number>), 240));
    }
    :is(hk-table, hk-goals, hk-events):not(:defined) {
      --_rows: attr(limit type(<number>), 10);
    }
    hk-feed:not(:defined) {
      --_body: calc(52px * attr(limit type(<number>), 6));
    }
  }
  :is(hk-site :is(hk-kpi, hk-live), :is(hk-kpi, hk-live)[label], hk-kpi:is([compare], [spark])):not(
      :defined,
      [variant='inline']
    ),
  :is(hk-kpi, hk-live)[variant='block']:not(:defined) {
    display: block;
    box-sizing: content-box;
    min-height: calc(3.6em + 27px);
  }
  :where(hk-dashboard:not(:defined)) {
    display: block;
    min-height: 640px;
  }
  :is(hk-range, hk-filters):not(:defined) {
    display: block;
    min-height: 36px;
  }
`

/** The same for a page that has only the script: it comes with it, which is early enough unless the network is slow. */
export function boxes(): CSSStyleSheet {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(rules)
  return sheet
}
