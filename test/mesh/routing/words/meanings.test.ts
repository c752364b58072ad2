import { describe, expect, test } from "bun:test"
import lexicon from "../../../../plugin/mesh/routing/words/lexicon.txt" with { type: "text" }
import { createMeanings } from "../../../../plugin/mesh/routing/words/meanings.ts"
import { splitWords } from "../../../../plugin/mesh/routing/words/tokenize.ts"

const small = createMeanings(`
crash, blow up, die | absturz*, cuelga | 崩溃, クラッシュ
database, sql | datenbank*, base de datos | 数据库
query | abfrage*, consulta* | 查询
network | red, netz* | 网络
`)
const find = (text: string) => small(text, splitWords(text))

describe("meanings", () => {
  test("are found by stem and by phrase", () => {
    expect(find("it crashes")).toEqual(["crash"])
    expect(find("the thing blows up at noon")).toEqual(["crash"])
    expect(find("it blows")).toEqual([])
  })

  test("are found in foreign text by word, by beginning and in compounds", () => {
    expect(find("Die Datenbankabfrage für den Kunden")).toEqual(["database", "query"])
    expect(find("la base de datos se cuelga")).toEqual(["database", "crash"])
    expect(find("数据库查询崩溃了")).toEqual(["database", "query", "crash"])
    expect(find("アプリがクラッシュする")).toEqual(["crash"])
  })

  test("of foreign words are not looked for in English", () => {
    expect(find("a red button")).toEqual([])
    expect(find("la red está caída")).toEqual(["network"])
    expect(find("die App ist rot")).toEqual([])
    expect(find("let it die")).toEqual(["crash"])
  })
})

describe("the lexicon", () => {
  const lines = lexicon.split("\n").filter(Boolean)

  test("has three columns a line, and each meaning once", () => {
    const names = lines.map((line) => line.split(",")[0]!.split("|")[0]!.trim())
    expect(lines.filter((line) => line.split("|").length > 3)).toEqual([])
    expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([])
  })

  test("is written folded, since it is compared with folded text", () => {
    const folded = lines.flatMap((line) => line.split("|").slice(0, 2))
    expect(folded.filter((cell) => /[^a-z0-9 ,*'+-]/.test(cell))).toEqual([])
  })
})
