/** Unsigned LEB128 into a growing array: seven bits a byte, the eighth says that more follow. */
export const createByteWriter = () => {
  let bytes = new Uint8Array(1024)
  let used = 0
  const reserve = (more: number) => {
    if (used + more <= bytes.length) return
    const larger = new Uint8Array(Math.max(used + more, bytes.length * 2))
    larger.set(bytes)
    bytes = larger
  }
  return {
    number(value: number) {
      reserve(5)
      let rest = value >>> 0
      while (rest > 0x7f) {
        bytes[used++] = (rest & 0x7f) | 0x80
        rest >>>= 7
      }
      bytes[used++] = rest
    },
    bytes(more: Uint8Array) {
      reserve(more.length)
      bytes.set(more, used)
      used += more.length
    },
    length: () => used,
    take: (): Uint8Array => bytes.slice(0, used),
  }
}

/** A place in a row of bytes; reading moves it on. */
export interface Cursor {
  at: number
}

/** The number that the writer put at the cursor, which then stands behind it. */
export const readNumber = (bytes: Uint8Array, cursor: Cursor): number => {
  let byte = bytes[cursor.at++]!
  let number = byte & 0x7f
  for (let shift = 7; byte > 0x7f; shift += 7) {
    byte = bytes[cursor.at++]!
    number |= (byte & 0x7f) << shift
  }
  return number
}

/** -1, 0 or 1 as the first `length` bytes come before, are, or come after those from `from` to `to`. */
export const compareBytes = (
  a: Uint8Array,
  length: number,
  b: Uint8Array,
  from: number,
  to: number,
): number => {
  const common = Math.min(length, to - from)
  for (let at = 0; at < common; at++) {
    const difference = a[at]! - b[from + at]!
    if (difference !== 0) return difference < 0 ? -1 : 1
  }
  return Math.sign(length - (to - from))
}
