import { css } from 'lit'

export const styles = css`
  :host {
    --_row: 60px;
  }
  /* The first step has nothing before it, but the rate of the whole above it. */
  .body {
    min-block-size: calc(var(--_rows) * var(--_row) + 8px);
  }
  .whole {
    display: flex;
    gap: 4px 12px;
    align-items: baseline;
    block-size: 32px;
    margin-block-end: 4px;
    overflow: hidden;
    font-size: max(0.87em, 13px);
    white-space: nowrap;
  }
  .whole data {
    font-size: 1.65em;
    font-weight: 700;
    letter-spacing: -0.02em;
    line-height: 32px;
  }
  .of {
    overflow: hidden;
    color: var(--_muted);
    text-overflow: ellipsis;
  }
  .whole .spark {
    align-self: center;
    margin-inline-start: auto;
  }
  ol {
    margin: 0;
    padding: 0;
    font-size: max(0.87em, 13px);
    list-style: none;
  }
  .step {
    position: relative;
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto minmax(4.2em, auto);
    gap: 12px;
    align-items: center;
    min-block-size: 32px;
    padding-inline: 8px;
  }
  .step > :is(.name, .value, .share) {
    position: relative;
  }
  .bar,
  .before {
    position: absolute;
    inset-block: 0;
    inset-inline-start: 0;
    inline-size: calc(var(--_part) * 100%);
  }
  .bar {
    border-radius: var(--_radius);
    background: var(--_soft);
  }
  /* At the edges of the bar, and never through a figure. */
  .before::after {
    content: '';
    position: absolute;
    inset-block: 0;
    inset-inline-end: 0;
    inline-size: 2px;
    background: linear-gradient(var(--_muted) 7px, transparent 7px calc(100% - 7px), var(--_muted) calc(100% - 7px));
  }
  .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .value {
    font-weight: 600;
  }
  .share {
    color: var(--_muted);
    text-align: end;
  }
  .between {
    display: flex;
    gap: 0 12px;
    align-items: center;
    block-size: 28px;
    overflow: hidden;
    margin-inline-start: 16px;
    padding-inline-start: 10px;
    border-inline-start: 1px solid var(--_line);
    color: var(--_muted);
    font-size: max(0.92em, 12px);
    white-space: nowrap;
  }
  .between > :not(.delta) {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  /* Below the figures of the step. */
  .between .delta {
    margin-inline: auto 8px;
  }
  /* How many went on stands above how many left, and how long it took. */
  @container (max-width: 340px) {
    .body {
      --_row: 76px;
      min-block-size: calc(var(--_rows) * 76px - 8px);
    }
    .between {
      display: grid;
      grid-template: 20px 20px / auto minmax(0, auto);
      align-content: center;
      justify-content: space-between;
      column-gap: 8px;
      block-size: 44px;
      margin: 0;
      padding-inline: 7px 8px;
    }
    .between :is(.went, .delta) {
      grid-area: 1 / 1 / 2 / 3;
    }
    .between .delta {
      justify-self: end;
      margin: 0;
    }
    .whole {
      column-gap: 8px;
    }
    .whole .spark {
      display: none;
    }
  }
  @media (forced-colors: active) {
    .bar {
      border-block-end: 2px solid Highlight;
      background: none;
    }
  }
`
