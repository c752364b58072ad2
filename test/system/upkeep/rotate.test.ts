import { afterEach, beforeEach, expect, test } from "bun:test"
import {
  appendFileSync,
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { keepEnd, rotate } from "../../../plugin/system/upkeep/rotate.ts"

let folder: string
let path: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "meshfleet-rotate-"))
  path = join(folder, "a.log")
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const files = () =>
  Object.fromEntries(
    readdirSync(folder)
      .toSorted()
      .map((name) => [name, readFileSync(join(folder, name), "utf8")]),
  )

test("a log that is full is put aside, and only so many of those are kept", () => {
  for (const text of ["1111", "2222", "3333", "4444", "5"]) {
    rotate(path, { mostBytes: 4, kept: 2 })
    appendFileSync(path, text)
  }
  expect(files()).toEqual({ "a.log": "5", "a.log.1": "4444", "a.log.2": "3333" })
})

test("one with room, or that is not there, is left", () => {
  rotate(path, { mostBytes: 4, kept: 2 })
  writeFileSync(path, "111")
  rotate(path, { mostBytes: 4, kept: 2 })
  expect(files()).toEqual({ "a.log": "111" })
})

test("of a log whose writer has it open the end stays, and the writer goes on after it", () => {
  const writer = openSync(path, "a")
  try {
    writeSync(writer, "0123456789")
    keepEnd(path, { mostBytes: 10, end: 4 })
    expect(files()).toEqual({ "a.log": "0123456789" })
    writeSync(writer, "ab")
    keepEnd(path, { mostBytes: 10, end: 4 })
    writeSync(writer, "cd")
  } finally {
    closeSync(writer)
  }
  expect(files()).toEqual({ "a.log": "89abcd" })
})
