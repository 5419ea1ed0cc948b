import { generate } from 'selfsigned'

/** A certificate and its key, as PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Makes an authority, and certificates of servers that it signed, each for one name. */
export async function makeAuthority(): Promise<Certificate & { sign(host: string): Promise<Certificate> }> {
  const { cert, private: key } = await generate([{ name: 'commonName', value: 'Authority of the tests' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true, critical: true },
      { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    ],
  })
  return {
    cert,
    key,
    async sign(host) {
      const signed = await generate([{ name: 'commonName', value: host }], {
        keyType: 'ec',
        algorithm: 'sha256',
        ca: { cert, key },
        extensions: [
          { name: 'basicConstraints', cA: false },
          { name: 'keyUsage', digitalSignature: true, critical: true },
          { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
          { name: 'subjectAltName', altNames: [{ type: 2, value: host }] },
        ],
      })
      return { cert: signed.cert, key: signed.private }
    },
  }
}
