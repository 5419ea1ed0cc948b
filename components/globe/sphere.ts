/**
 * The land of a globe, drawn by cobe; loaded when a globe is in view for the first time.
 *
 * @module
 */
import createGlobe from 'cobe'
import { isLand } from './land.ts'
import type { Turn } from './project.ts'

/** A globe that is drawn. */
export interface Sphere {
  draw(turn: Turn): void
  /** Takes the colour of its dots from the box again. */
  paint(): void
  close(): void
}

/** Part of the picture's width that cobe's globe takes. */
const share = 0.8
/** Dots on land and water together. */
const samples = 9000
/** A power of two each, so that any WebGL can repeat it around the world. */
const [width, height] = [256, 128]

let mask: Uint8Array | undefined

/** White where there is land, as a picture of the whole world. */
function land(): Uint8Array {
  const pixels = new Uint8Array(width * height * 3)
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const known = isLand(90 - ((y + 0.5) / height) * 180, ((x + 0.5) / width) * 360 - 180)
      if (known) pixels.fill(255, (y * width + x) * 3, (y * width + x) * 3 + 3)
    }
  }
  return pixels
}

/** A computed colour as parts of red, green and blue, whatever the space that it is written in. */
function channels(color: string): [number, number, number] {
  const context = new OffscreenCanvas(1, 1).getContext('2d')
  if (!context) return [0.5, 0.5, 0.5]
  context.fillStyle = color
  context.fillRect(0, 0, 1, 1)
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data
  return [red / 255, green / 255, blue / 255]
}

/**
 * Draws into a box as wide as high, dots in the colour of its outline. Where its text is dark, they are drawn light
 * on black and turned round by the style sheet, as cobe has colours for dots on black only.
 *
 * @param lost called when the browser takes the picture away, as there are too many
 * @returns `undefined` where there is no WebGL
 */
export function openSphere(box: HTMLElement, turn: Turn, lost: () => void): Sphere | undefined {
  const canvas = document.createElement('canvas')
  const context: WebGLContextAttributes = { alpha: true, stencil: false, antialias: true, depth: false, preserveDrawingBuffer: false }
  const gl = canvas.getContext('webgl2', context) ?? canvas.getContext('webgl', context)
  if (!gl || !('texImage2D' in gl)) return undefined
  box.append(canvas)
  const size = box.clientWidth
  const globe = createGlobe(canvas, {
    ...turn,
    width: size,
    height: size,
    devicePixelRatio: Math.min(2, devicePixelRatio),
    scale: 1 / share,
    mapSamples: samples,
    mapBrightness: 2.5,
    baseColor: [0, 0, 0],
    markerColor: [0, 0, 0],
    glowColor: [0, 0, 0],
    diffuse: 0.9,
    dark: 1,
    context,
  })
  gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGB, width, height, 0, gl.RGB, gl.UNSIGNED_BYTE, (mask ??= land()))
  let painted = ''

  function paint(): void {
    const { color: text, outlineColor: dots } = getComputedStyle(box)
    if (text + dots === painted) return
    painted = text + dots
    const [red, green, blue] = channels(dots)
    const dark = channels(text).reduce((sum, part) => sum + part) < 1.5
    canvas.className = dark ? 'dark' : ''
    globe.update({ baseColor: dark ? [1 - red, 1 - green, 1 - blue] : [red, green, blue] })
  }

  const forget = () => lost()
  canvas.addEventListener('webglcontextlost', forget)
  paint()
  return {
    draw: (to) => globe.update({ ...to }),
    paint,
    close() {
      canvas.removeEventListener('webglcontextlost', forget)
      globe.destroy()
      gl.getExtension('WEBGL_lose_context')?.loseContext()
      box.replaceChildren()
    },
  }
}
