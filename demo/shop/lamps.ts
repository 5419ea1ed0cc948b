/** A lamp of the demo shop. Prices are euros. */
export interface Lamp {
  readonly slug: string
  readonly name: string
  readonly price: number
  readonly line: string
  readonly text: readonly string[]
  readonly facts: readonly (readonly [string, string])[]
  /** The picture, drawn in a box of 320 × 320. */
  readonly drawing: string
}

const base = (x: number, width: number) =>
  `<ellipse cx="${x}" cy="276" rx="${width}" ry="10" fill="var(--shade)"/><rect x="${x - width * 0.7}" y="258" width="${width * 1.4}" height="14" rx="7" fill="var(--oak)"/>`

/** What the shop sells. */
export const lamps: readonly Lamp[] = [
  {
    slug: 'arc',
    name: 'Arc',
    price: 184,
    line: 'A reading lamp on one bent oak bow.',
    text: [
      'Arc is steamed from a single length of oak, so there is no joint to come loose. The shade turns on a brass pin and stays where you leave it.',
      'Every part is held by a screw you can see. When a part is worn, we send it by letter; you need one screwdriver and four minutes.',
    ],
    facts: [
      ['Height', '48 cm'],
      ['Light', '2,700 K, 640 lm, dimmable'],
      ['Weight', '1.4 kg'],
      ['Parts', 'eleven, each sold alone'],
    ],
    drawing: `<path d="M186 148 q48 26 88 -10 l36 120 h-178 z" fill="var(--glow)"/>${base(116, 58)}<path d="M116 262 C 96 120, 150 64, 232 92" fill="none" stroke="var(--oak)" stroke-width="10" stroke-linecap="round"/><path d="M198 104 l54 -22 l22 58 q-44 34 -92 8 z" fill="var(--ink)"/>`,
  },
  {
    slug: 'beam',
    name: 'Beam',
    price: 148,
    line: 'A straight lamp for straight desks.',
    text: [
      'Beam is a bar of light on an upright of oak. It slides to the height of your eyes and lights a whole table without a shadow on your hands.',
      'The bar is aluminium, once anodised and never painted, so that it ages like a good pan.',
    ],
    facts: [
      ['Height', '42 cm'],
      ['Light', '3,000 K, 820 lm, dimmable'],
      ['Weight', '1.1 kg'],
      ['Parts', 'nine, each sold alone'],
    ],
    drawing: `<path d="M96 108 h160 l36 150 h-232 z" fill="var(--glow)"/>${base(110, 54)}<rect x="104" y="84" width="12" height="180" rx="6" fill="var(--oak)"/><rect x="84" y="92" width="180" height="16" rx="8" fill="var(--ink)"/>`,
  },
  {
    slug: 'pebble',
    name: 'Pebble',
    price: 96,
    line: 'A night light that a child can carry.',
    text: [
      'Pebble is a ball of frosted glass in a small oak bowl. Turn it over and it goes out. It runs for nine nights and charges on any cable.',
      'The battery is a common one and comes out without a tool.',
    ],
    facts: [
      ['Width', '14 cm'],
      ['Light', '2,200 K, 40 lm'],
      ['Weight', '0.5 kg'],
      ['Parts', 'five, each sold alone'],
    ],
    drawing: `<circle cx="160" cy="176" r="128" fill="var(--glow)"/><ellipse cx="160" cy="278" rx="74" ry="10" fill="var(--shade)"/><circle cx="160" cy="184" r="66" fill="var(--glass)" stroke="var(--oak)" stroke-opacity="0.35"/><path d="M88 214 q72 60 144 0 q-4 60 -72 60 q-68 0 -72 -60" fill="var(--oak)"/>`,
  },
]

/** The picture of a lamp with its name for those who do not see it. */
export function picture({ name, line, drawing }: Lamp): string {
  return `<svg class="lamp" viewBox="0 0 320 320" role="img" aria-label="${name}: ${line}">${drawing}</svg>`
}
