import { createHash, randomBytes, scrypt as scryptCallback, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'

const scrypt = promisify(scryptCallback) as (
  password: string,
  salt: Buffer,
  length: number,
) => Promise<Buffer>

/** A token as it is shown once, its hash as it is stored, and its last characters to tell it by. */
export interface MintedToken {
  readonly token: string
  readonly token_hash: Uint8Array
  readonly token_hint: string
}

/** Makes a token of 32 random bytes. The prefix says what it is for: `hks` a share, `hkc` a client. */
export function mintToken(prefix: 'hks' | 'hkc' | 'hka'): MintedToken {
  return withHash(`${prefix}_${randomBytes(32).toString('base64url')}`)
}

/** A token that the operator chose, with its hash. */
export function withHash(token: string): MintedToken {
  return { token, token_hash: hashToken(token), token_hint: token.slice(-4) }
}

/** SHA-256 of a token. A token has 256 random bits, so nothing slower is needed. */
export function hashToken(token: string): Uint8Array {
  return createHash('sha256').update(token).digest()
}

/** Hashes a password by scrypt with its own salt, as `salt:hash` in hexadecimal. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16)
  return `${salt.toString('hex')}:${(await scrypt(password, salt, 32)).toString('hex')}`
}

/** Whether a password is the one of a hash made by {@link hashPassword}. */
export async function isPassword(password: string, stored: string): Promise<boolean> {
  const [salt = '', hash = ''] = stored.split(':').map((part) => Buffer.from(part, 'hex'))
  const given = await scrypt(password, Buffer.from(salt), 32)
  return given.byteLength === hash.length && timingSafeEqual(given, Buffer.from(hash))
}
