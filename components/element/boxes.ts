/** Marks a style sheet for the build, as Lit is not loaded yet where this one is needed. */
const css = String.raw

/**
 * Boxes for elements that are not defined yet, as high as they will be, so that nothing on the page moves
 * when they come: heights follow from the styles of each. Numbers in sentences and the status need none.
 */
export function boxes(): CSSStyleSheet {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(css`
    hk-site:not(:defined) {
      display: contents;
    }
    :is(hk-chart, hk-table):not(:defined) {
      display: block;
      box-sizing: content-box;
      --_head: calc(max(24px, 1.4em) + 8px);
      min-height: calc(var(--_head) + var(--_body));
    }
    hk-chart:not(:defined) {
      --_body: 240px;
    }
    hk-table:not(:defined) {
      --_body: 360px;
    }
    hk-table[search]:not(:defined) {
      padding-bottom: 38px;
    }
    @supports (width: attr(x type(<number>), 1px)) {
      hk-chart:not(:defined) {
        --_body: calc(1px * attr(height type(<number>), 240));
      }
      hk-table:not(:defined) {
        --_body: calc(36px * attr(limit type(<number>), 10));
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
  `)
  return sheet
}
