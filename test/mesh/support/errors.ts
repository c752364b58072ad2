import { expect } from "bun:test"
import { type ErrorCode, MeshError } from "../../../plugin/mesh/model/errors.ts"

/** The MeshError an act fails with. Anything else, or no failure, fails the test. */
export const failureOf = async (act: () => unknown): Promise<MeshError> => {
  try {
    await act()
  } catch (error) {
    if (error instanceof MeshError) return error
    throw error
  }
  throw new Error("it did not fail")
}

/** Fails with this code, a detail that names these values, and a next step. */
export const expectFailure = async (act: () => unknown, code: ErrorCode, ...named: string[]) => {
  const error = await failureOf(act)
  expect(`${error.code}: ${error.detail}`).toStartWith(`${code}: `)
  for (const each of named) expect(error.detail).toContain(each)
  expect(error.message).toBe(`[${code}] ${error.detail}\nNext: ${error.next}`)
  expect(error.next.length).toBeGreaterThan(10)
  return error
}
