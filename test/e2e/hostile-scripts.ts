const kpi = '<hk-kpi share="token" metric="pageviews">many</hk-kpi>'
const shadow = (html: string) => `this.attachShadow({ mode: 'open' }).innerHTML = '${html}'`
const define = (name: string, body: string) => `customElements.define('${name}', class extends HTMLElement { ${body} })`

/** What scripts of pages do once the loader has run, by name; each leaves one `hk-kpi` in the page, out of sight of its first tree. */
export const scripts: Readonly<Record<string, string>> = {
  'its root element is replaced by one of another document': `
    const other = new DOMParser().parseFromString('<body>${kpi}', 'text/html')
    document.replaceChild(document.adoptNode(other.documentElement), document.documentElement)`,
  'its root element is removed, and made anew': `
    document.documentElement.remove()
    document.append(document.createElement('html'))
    document.documentElement.innerHTML = '<body>${kpi}'`,
  'it is written anew': `document.open(); document.write('<!doctype html><body>${kpi}'); document.close()`,
  'it is written anew in parts': `
    document.open()
    document.write('<!doctype html><body>')
    setTimeout(() => { document.write('${kpi}'); document.close() }, 100)`,
  'its body is replaced': `
    const body = document.createElement('body')
    body.innerHTML = '${kpi}'
    document.body = body`,
  'its body is written over': `document.body.outerHTML = '<body>${kpi}'`,
  'a template is cloned': `
    document.body.innerHTML = '<template>${kpi}</template>'
    document.body.append(document.querySelector('template').content.cloneNode(true))`,
  'a node is imported from another document': `
    const other = document.implementation.createHTMLDocument()
    other.body.innerHTML = '${kpi}'
    document.body.append(document.importNode(other.body.firstChild, true))`,
  'a view transition replaces all of it': `document.startViewTransition(() => { document.body.innerHTML = '${kpi}' })`,
  'an element of others has a shadow tree': `${define('x-made', `constructor() { super(); ${shadow(kpi)} }`)}
    document.body.append(document.createElement('x-made'))`,
  'an element of others is called as one of ours might be': `${define('hk-cards', `constructor() { super(); ${shadow(kpi)} }`)}
    document.body.append(document.createElement('hk-cards'))`,
  'an element of others fills its shadow tree later': `
    ${define('x-late', `connectedCallback() { const root = this.attachShadow({ mode: 'open' }); setTimeout(() => (root.innerHTML = '<p>${kpi}</p>'), 200) }`)}
    document.body.append(document.createElement('x-late'))`,
  'an element of others is defined later': `
    document.body.innerHTML = '<x-later></x-later>'
    setTimeout(() => ${define('x-later', `constructor() { super(); ${shadow(kpi)} }`)}, 200)`,
  'an element in a shadow tree of others is defined later': `
    document.body.innerHTML = '<x-outer></x-outer>'
    ${define('x-outer', `constructor() { super(); ${shadow('<section><x-inner></x-inner></section>')} }`)}
    setTimeout(() => ${define('x-inner', `constructor() { super(); ${shadow(kpi)} }`)}, 200)`,
  'an element comes with a shadow tree': `
    const box = document.createElement('div')
    box.attachShadow({ mode: 'open' }).innerHTML = '${kpi}'
    document.body.append(box)`,
  'a shadow tree is declared': `document.body.setHTMLUnsafe('<div><template shadowrootmode="open">${kpi}</template></div>')`,
  'there are names that no element can have': `document.body.innerHTML = '<svg><font-face></font-face></svg><annotation-xml></annotation-xml>${kpi}'`,
}
