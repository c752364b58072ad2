import { randomBytes } from "node:crypto"

// Crockford's base 32 without i, l, o, u: nothing a model or a person can misread.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// Asking the system for a few bytes costs as much as asking for thousands.
const poolBytes = 4096

const createRandomText = () => {
  let bytes = Buffer.alloc(0)
  let used = 0
  return (length: number) => {
    if (used + length > bytes.length) {
      bytes = randomBytes(poolBytes)
      used = 0
    }
    let text = ""
    for (let at = 0; at < length; at++) text += alphabet[bytes[used++]! % 32]
    return text
  }
}
const random = createRandomText()

/** 8 characters are 10^12 values; messages get 12, since there may be millions of them. */
export const newId = {
  fleet: () => `flt_${random(8)}`,
  host: () => `hst_${random(8)}`,
  message: () => `msg_${random(12)}`,
  agent: (name: string) => `${name}-${random(4)}`,
  question: () => `ask_${random(8)}`,
  grant: () => `grt_${random(8)}`,
  nonce: () => randomBytes(24).toString("base64url"),
}

export type NewId = typeof newId
