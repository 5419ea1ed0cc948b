import { css } from 'lit'

/** Words in a row of which one is chosen. */
export const choices = css`
  .choices {
    display: flex;
    flex-wrap: wrap;
    gap: 0 4px;
    margin-inline: -4px;
    font-size: max(0.87em, 12px);
  }
  .choices button {
    color: var(--_muted);
  }
  .choices button[aria-pressed='true'] {
    color: var(--hk-text, inherit);
    font-weight: 600;
  }
  /* Bold and plain are equally wide, so that a choice moves nothing. */
  .choices button::after {
    content: attr(data-text);
    display: block;
    block-size: 0;
    overflow: hidden;
    font-weight: 600;
    visibility: hidden;
  }
`
