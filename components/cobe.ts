/**
 * What of cobe a strict policy refuses: it takes its map out of a `data:` URL, and keeps an inline style sheet for
 * anchors. The globe has its own map and no anchors, so builds leave both out.
 */
const refused = [/let (\w)=new Image;\1\.onload=\(\)=>\{.*?\},\1\.src="data:[^"]*";/, /return document\.head\.append\(\w\),/]
const instead = ['', 'return ']

/**
 * The source of cobe without what a strict policy refuses.
 *
 * @throws Error where it is not found, as after an update of cobe
 */
export function strictCobe(source: string): string {
  return refused.reduce((text, pattern, index) => {
    if (!pattern.test(text)) throw new Error(`cobe has no ${pattern} any more: see what it does in its place.`)
    return text.replace(pattern, instead[index] ?? '')
  }, source)
}
