/**
 * Where there is land, as a grid of 2° from 84° north to 56° south, the west first: lengths of runs of water and
 * land in turn, a letter each. From Natural Earth at 1:110 million, which is in the public domain.
 */
const runs =
  'xILL/A/ASBBLCZ2B/AQCEDBFEYQFlE/AFCKBCFEbRBqC/AIDDBBBBGLTmCNNNDBCrDBBDBDBBCBEBCKRlCMVBCaBKCPBCHECCIKN' +
  'BBXDMBFDBcBKCBKBINBJCDCBCBBDBCDEINWJMDBCBvBIFpEFFKYOBBBMB1CCDnBBDGHGJENFCEBBB/AHIlJCBBHEZFC/AQHHBcIE' +
  'LDYGC/AECBBENEIWIECBjGD7FBDBUBLWHHcCFBBCD6JEQBQYCKZDFBF6KDiYCLXCBCC/AHGBlkaCB/AGBBtBBbBBDCa/AIBBueFB' +
  'Z/AHCBucBCeHBICBBFCqybeHDCCFGECpDCuagEEBCCBEBKCmFBvYhFIBBCBMCgEBGBwXjCEDBBGLCiCCDCyWjIHBDBBqDBCEzTkK' +
  'MqFC3RkOBEBu/IHBjdBk+BBGIBhYBHCh/ABBBFqYCHBBFb/AEEHCgaBLFXCB/ADEECEBdcBJGJCI/ALECCIBbbCIHGFGBB/AMGkb' +
  'CGKEGHGB/AKEhdBEMDJFGB/AMCidBBODJGFB/ANBEEaeCCMCJBCCIB/AMBBBBIXgNBBBIBCB/AZKXfPBVB/APNVCBBEVYBBCFC/A' +
  'TOeSaBBBED/ASPeRbCEEBB/AQRbRdCDEGC/AKUZPfCCDBCDBBBBD/AFXYOgBIBHE/AEXXOhDNFEB+VYOmBDBHCBBGB8UaN/A7TZO' +
  'EBoDDB/AHTZOEBlGDCKB8QaNDDkICC/AJPaMEDkM/AJPbLECiRHB+NdLEChS/AHLfKFBiT/AGLgIpU/AELhIpU/AELiGrT/AEKjF' +
  'sEFJ/AFH/AYBKGLB4J/AjFMB3G/A3C2EBB/AoCMC4E/AqBLC4E/A2C5E/A/AxE/AFB/AsD/A/A0D/A/A0C/A9'

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'

/** Degrees from one cell to the next, and where the grid ends. */
const step = 2
const north = 84
const columns = 360 / step
const rows = 70

let cells: Uint8Array | undefined

function read(): Uint8Array {
  const grid = new Uint8Array(columns * rows)
  let at = 0
  for (const [index, letter] of [...runs].entries()) {
    const end = at + letters.indexOf(letter)
    if (index % 2 === 1) grid.fill(1, at, end)
    at = end
  }
  return grid
}

/** Whether there is land at a place, in degrees. */
export function isLand(lat: number, lon: number): boolean {
  cells ??= read()
  const row = Math.floor((north - lat) / step)
  const column = Math.floor((((lon + 180) % 360) + 360) % 360 / step)
  return row >= 0 && row < rows && cells[row * columns + column] === 1
}
