import { describe, expect, test } from "bun:test"
import { createByteWriter, readNumber } from "../../../../plugin/mesh/routing/packing/bytes.ts"

describe("packed numbers", () => {
  const numbers = [0, 1, 127, 128, 16_383, 16_384, 2_097_151, 2_097_152, 268_435_456]

  test("come back one after the other", () => {
    const writer = createByteWriter()
    for (const number of numbers) writer.number(number)
    const bytes = writer.take()
    const cursor = { at: 0 }
    expect(numbers.map(() => readNumber(bytes, cursor))).toEqual(numbers)
    expect(cursor.at).toBe(bytes.length)
  })

  test("take a byte for each seven bits", () => {
    const lengths = numbers.map((number) => {
      const writer = createByteWriter()
      writer.number(number)
      return writer.length()
    })
    expect(lengths).toEqual([1, 1, 1, 2, 2, 3, 3, 4, 5])
  })
})
