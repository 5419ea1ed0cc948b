import { css } from 'lit'

export const styles = css`
  .body {
    min-block-size: calc(316px + var(--_rows) * 36px);
  }
  table {
    --_columns: auto minmax(4.2em, auto) minmax(4.2em, auto);
  }
  .figures {
    display: grid;
    grid-template-columns: repeat(4, minmax(0, 1fr));
    gap: 8px 16px;
    block-size: 56px;
    margin: 0 0 8px;
  }
  dt {
    overflow: hidden;
    color: var(--_muted);
    font-size: max(0.87em, 12px);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  dd {
    margin: 0;
    font-size: 1.4em;
    font-weight: 700;
    letter-spacing: -0.02em;
    line-height: 32px;
    white-space: nowrap;
  }
  .purposes {
    block-size: 36px;
    padding-block-start: 6px;
  }
  .legend {
    display: flex;
    gap: 16px;
    block-size: 24px;
    overflow: hidden;
    color: var(--_muted);
    font-size: 12px;
    line-height: 26px;
    white-space: nowrap;
  }
  .dot {
    display: inline-block;
    inline-size: 8px;
    block-size: 8px;
    margin-inline-end: 6px;
    border-radius: 2px;
    background: currentcolor;
  }
  .training {
    color: var(--_accent);
  }
  .search {
    color: color-mix(in srgb, var(--_accent) 62%, transparent);
  }
  .assistant {
    color: var(--_live);
  }
  .pages {
    min-block-size: 20px;
    margin: 0 0 8px;
    color: var(--_muted);
    font-size: max(0.87em, 12px);
  }
  .by {
    flex-wrap: wrap;
    min-block-size: 28px;
    margin-block-end: 0;
  }
  /* What stands over the rows, in its places until it is known. */
  .later {
    block-size: 316px;
  }
  .later .ghost {
    align-self: end;
    max-inline-size: 96px;
  }
  .later .course {
    block-size: 136px;
    padding-block-start: 24px;
  }
  @container (max-width: 460px) {
    .by-share table {
      --_columns: auto auto;
    }
    .at-share {
      display: none;
    }
    .purposes {
      block-size: 58px;
    }
    .legend {
      flex-wrap: wrap;
      gap: 0 16px;
      block-size: 46px;
      line-height: 22px;
    }
    .body {
      min-block-size: calc(498px + var(--_rows) * 36px);
    }
    .later {
      block-size: 498px;
    }
    .figures {
      grid-template-columns: repeat(2, minmax(0, 1fr));
      block-size: 118px;
    }
  }
  @media (forced-colors: active) {
    .dot {
      border: 1px solid CanvasText;
      forced-color-adjust: none;
      background: Canvas;
    }
    .dot.training {
      background: CanvasText;
    }
    .dot.search {
      border-style: dotted;
    }
  }
`
