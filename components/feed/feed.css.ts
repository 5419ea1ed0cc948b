import { css } from 'lit'

export const styles = css`
  .head {
    margin-block-end: 8px;
  }
  .body {
    min-block-size: calc(var(--_rows) * 52px);
  }
  ol {
    margin: 0;
    margin-inline: -8px;
    padding: 0;
    overflow: clip;
    border-radius: var(--_radius);
    font-size: max(0.87em, 13px);
    list-style: none;
  }
  li {
    display: grid;
    grid-template-columns: 32px minmax(0, 1fr);
    gap: 0 12px;
    align-items: center;
    block-size: 52px;
    padding-inline: 8px;
  }
  li.changed {
    border-radius: var(--_radius);
  }
  .what {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 1px;
  }
  .line {
    display: flex;
    gap: 12px;
    align-items: baseline;
    justify-content: space-between;
    white-space: nowrap;
  }
  .place,
  .page,
  .from {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .place {
    font-weight: 600;
  }
  time,
  .trail {
    color: var(--_muted);
    font-size: var(--_small);
  }
  time {
    flex: none;
  }
  .trail {
    display: grid;
    grid-template-columns: fit-content(60%) minmax(0, 1fr);
    gap: 0;
  }
  .page {
    unicode-bidi: isolate;
  }
  .from {
    white-space: pre;
  }
  .waiting {
    min-inline-size: 0;
    overflow: hidden;
    padding-inline: 8px;
    color: var(--_accent);
    background: var(--_soft);
    font-size: var(--_small);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .ghost {
    block-size: 36px;
    margin-block: 8px 16px;
    border-radius: var(--_radius);
    background: var(--_faint);
  }
  .busy ol {
    opacity: 0.35;
  }
`
