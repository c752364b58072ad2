import { expect, test } from "bun:test"
import { splitWords } from "../../../../plugin/mesh/routing/words/tokenize.ts"

test("words are lower case, without accents, signs and possessives", () => {
  expect(splitWords("Mrs. Novak’s Café: ÜBERSICHT, don't!")).toEqual(
    "mrs novak cafe ubersicht dont".split(" "),
  )
  expect(splitWords("ｆｕｌｌ ﬁle straße")).toEqual(["full", "file", "strasse"])
})

test("hyphenated words count both ways", () => {
  expect(splitWords("the log-in page")).toEqual(["the", "log", "in", "login", "page"])
})

test("identifiers are also their parts", () => {
  expect(splitWords("MainActivity TS2322 max_retry_count")).toEqual(
    "mainactivity main activity ts2322 ts max retry count".split(" "),
  )
})

test("JavaScript has nothing to do with Java, nor TypeScript with types", () => {
  expect(splitWords("JavaScript, TypeScript and MyScript")).toEqual(
    "javascript typescript and myscript my script".split(" "),
  )
})

test("names with signs stay apart", () => {
  expect(splitWords("C++ and C# on .NET with Next.js")).toEqual(
    "cpp and csharp on dotnet with nextjs next js".split(" "),
  )
})

test("Chinese and Japanese come as pairs of characters, mixed text as both", () => {
  expect(splitWords("登录页面")).toEqual(["登录", "录页", "页面"])
  expect(splitWords("Unityの構造")).toEqual(["の構", "構造", "unity"])
  expect(splitWords("表")).toEqual(["表"])
})

test("any text is safe, and none is read beyond 4,000 characters", () => {
  expect(splitWords("")).toEqual([])
  expect(splitWords("🎉👍 \u0000\u001b …")).toEqual([])
  expect(splitWords("\ud800")).toEqual([])
  expect(splitWords("constructor __proto__")).toEqual(["constructor", "proto"])
  expect(splitWords("word ".repeat(10_000))).toHaveLength(800)
  expect(splitWords("x".repeat(5000))).toEqual([])
})
