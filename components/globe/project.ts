/** Where a place is in a picture, as parts of its width and height; `seen` is false on the far side of a globe. */
export interface Spot {
  x: number
  y: number
  seen: boolean
}

/** How a globe is turned, in radians: eastwards, and its north towards who looks. */
export interface Turn {
  phi: number
  theta: number
}

/** A flat map reaches from here to there, in degrees: nobody lives beyond. */
const north = 78
const south = -56

/** Miller's projection of a latitude: neither pole is far away, and the shapes in between stay. */
function rise(lat: number): number {
  return 1.25 * Math.log(Math.tan(Math.PI / 4 + 0.4 * radians(lat)))
}

/** Width of the flat map by its height. */
export const aspect = (2 * Math.PI) / (rise(north) - rise(south))

/** A place on the flat map. */
export function onMap(lat: number, lon: number): Spot {
  const y = (rise(north) - rise(lat)) / (rise(north) - rise(south))
  return { x: (lon + 180) / 360, y: Math.min(1, Math.max(0, y)), seen: true }
}

/** The place at a point of the flat map, as latitude and longitude. */
export function fromMap(x: number, y: number): [number, number] {
  const height = rise(north) - y * (rise(north) - rise(south))
  return [degrees((Math.atan(Math.exp(height / 1.25)) - Math.PI / 4) / 0.4), x * 360 - 180]
}

/** A place on a globe that fills its square. The axes are those of cobe, which draws the land below. */
export function onGlobe(lat: number, lon: number, { phi, theta }: Turn): Spot {
  const [a, b] = [radians(lat), radians(lon)]
  const x = Math.cos(a) * Math.cos(b)
  const y = Math.sin(a)
  const z = -Math.cos(a) * Math.sin(b)
  const right = Math.cos(phi) * x + Math.sin(phi) * z
  const up = Math.sin(phi) * Math.sin(theta) * x + Math.cos(theta) * y - Math.cos(phi) * Math.sin(theta) * z
  const near = -Math.sin(phi) * Math.cos(theta) * x + Math.sin(theta) * y + Math.cos(phi) * Math.cos(theta) * z
  return { x: (right + 1) / 2, y: (1 - up) / 2, seen: near > 0 }
}

/** The turn that has a longitude in the middle. */
export function facing(lon: number): number {
  return -radians(lon) - Math.PI / 2
}

function radians(angle: number): number {
  return (angle * Math.PI) / 180
}

function degrees(angle: number): number {
  return (angle * 180) / Math.PI
}
