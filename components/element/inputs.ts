import type { PropertyDeclaration } from 'lit'

/** Reads the attribute of a switch: Vue and Svelte write `false` as a text where the element is not defined yet. */
export function flag(text: string | null): boolean {
  return text !== null && text !== 'false'
}

/**
 * What an element was given, as it is meant. Frameworks set properties where HTML has attributes, so a text is read
 * as the attribute would be: `"5"` for a number, `"country:DE; page:/"` for filters. And they have ways of their own
 * to give nothing: React `undefined`, Preact `''`, Vue `''` and `0`; none of them is a value of an element.
 */
function read(value: unknown, { type, converter }: PropertyDeclaration): unknown {
  if (type === Boolean) return Boolean(value) && value !== 'false'
  if (value === '' || value === null || (type === Number && value === 0)) return undefined
  if (typeof value !== 'string') return value
  if (type === Number) return Number(value)
  return typeof converter === 'function' ? converter(value) : value
}

/**
 * The accessor of a property that reads what it is given. With the option `useDefault`, what the constructor has set
 * comes back where nothing is given.
 */
export function input(descriptor: PropertyDescriptor, options: PropertyDeclaration): PropertyDescriptor {
  const usual = Symbol()
  return {
    ...descriptor,
    set(this: Record<symbol, unknown>, value: unknown) {
      const given = read(value, options)
      if (options.useDefault) this[usual] ??= given
      descriptor.set?.call(this, given ?? this[usual])
    },
  }
}
