/** What of a long message enters a context by itself: its reader may ask for the rest. */
export const firstPartBytes = 4096
/** What one further answer holds. */
export const nextPartBytes = 16_384

/** A piece of a text, from an offset in characters, and where the next one begins. */
export interface TextPart {
  text: string
  next?: number
}

export const partOfText = (text: string, offset: number, bytes: number): TextPart => {
  if (Buffer.byteLength(text) - offset <= bytes && offset === 0) return { text }
  let end = Math.min(text.length, offset + bytes)
  // A character has one to three bytes for each of its units.
  while (Buffer.byteLength(text.slice(offset, end)) > bytes)
    end = offset + Math.floor((end - offset) * 0.75)
  if (end >= text.length) return { text: text.slice(offset) }
  // Not within a pair of surrogates.
  if (/[\uD800-\uDBFF]$/.test(text.slice(offset, end))) end--
  return { text: text.slice(offset, end), next: end }
}
