/** One vowel run and one consonant run: Porter counts these pairs and calls the count "measure". */
const consonant = "[^aeiou]"
const vowel = "[aeiouy]"
const consonants = `${consonant}[^aeiouy]*`
const vowels = `${vowel}[aeiou]*`
const measureAbove0 = new RegExp(`^(?:${consonants})?${vowels}${consonants}`)
const measureIs1 = new RegExp(`^(?:${consonants})?${vowels}${consonants}(?:${vowels})?$`)
const measureAbove1 = new RegExp(`^(?:${consonants})?${vowels}${consonants}${vowels}${consonants}`)
const hasVowel = new RegExp(`^(?:${consonants})?${vowel}`)
const endsShort = new RegExp(`^${consonants}${vowel}[^aeiouwxy]$`)

// A literal within a function makes an object at every call.
const pluralInEs = /^(.+?)(ss|i)es$/
const pluralInS = /^(.+?)([^s])s$/
const endsInEed = /^(.+?)eed$/
const endsInPast = /^(.+?)(?:ed|ing)$/
const losesE = /(?:at|bl|iz)$/
const endsDouble = /([^aeiouylsz])\1$/
const endsInIon = /^(.+?[st])ion$/
const endsInOr = /^(.+t)or$/
const isPlain = /^[a-z]+$/
const spelledWithS = /is(e[ds]?|er|ers|ing|ations?)$/
const spelledWithU = /(.{2,})our(s|ed|ing|ful|ite)?$/
const beginsWithY = /^y/
const endsInY = /^(.*[aeiouy].*)y$/
const endsInLi = /^(.{3,}[^aeiouybpl])li$/

const step2: Record<string, string> = {
  ational: "ate",
  tional: "tion",
  enci: "ence",
  anci: "ance",
  izer: "ize",
  bli: "ble",
  alli: "al",
  entli: "ent",
  eli: "e",
  ousli: "ous",
  ization: "ize",
  ation: "ate",
  ator: "ate",
  alism: "al",
  iveness: "ive",
  fulness: "ful",
  ousness: "ous",
  aliti: "al",
  iviti: "ive",
  biliti: "ble",
  logi: "log",
}
const step3: Record<string, string> = {
  icate: "ic",
  ative: "",
  alize: "al",
  iciti: "ic",
  ical: "ic",
  ful: "",
  ness: "",
}
const step2Suffix = new RegExp(`^(.+?)(${Object.keys(step2).join("|")})$`)
const step3Suffix = new RegExp(`^(.+?)(${Object.keys(step3).join("|")})$`)
const step4Suffix =
  /^(.+?)(al|ance|ence|er|ic|able|ible|ant|ement|ment|ent|ou|ism|ate|iti|ous|ive|ize)$/

const withoutPlural = (word: string) => word.replace(pluralInEs, "$1$2").replace(pluralInS, "$1$2")

const withoutPast = (word: string) => {
  const eed = endsInEed.exec(word)
  if (eed) return measureAbove0.test(eed[1] ?? "") ? word.slice(0, -1) : word
  const [, root] = endsInPast.exec(word) ?? []
  if (root === undefined || !hasVowel.test(root)) return word
  if (losesE.test(root)) return `${root}e`
  if (endsDouble.test(root)) return root.slice(0, -1)
  return endsShort.test(root) ? `${root}e` : root
}

const replaceSuffix = (word: string, suffix: RegExp, by: Record<string, string>) => {
  const [, root, end] = suffix.exec(word) ?? []
  if (root === undefined || end === undefined || !measureAbove0.test(root)) return word
  return root + (by[end] ?? "")
}

const withoutLatin = (word: string) => {
  // "or" is ours: an auditor audits.
  const [, root] = step4Suffix.exec(word) ?? endsInIon.exec(word) ?? endsInOr.exec(word) ?? []
  return root !== undefined && measureAbove1.test(root) ? root : word
}

const withoutFinalE = (word: string) => {
  if (!word.endsWith("e")) return word
  const root = word.slice(0, -1)
  return measureAbove1.test(root) || (measureIs1.test(root) && !endsShort.test(root)) ? root : word
}

/**
 * The stem of a lower-case English word, after M. F. Porter, "An algorithm for suffix stripping"
 * (Program 14(3), 1980). Words of other scripts come back as they are; two spellings of one word
 * ("organise", "organize", "colour", "color") get one stem.
 */
export const stem = (word: string): string => {
  if (word.length < 3 || !isPlain.test(word)) return word
  const one = word
    .replace(spelledWithS, "iz$1")
    .replace(spelledWithU, "$1or$2")
    .replace(beginsWithY, "Y")
  const two = withoutPast(withoutPlural(one))
    .replace(endsInY, "$1i")
    // Porter keeps "slowli" apart from "slow"; people use both for one complaint.
    .replace(endsInLi, "$1")
  const three = replaceSuffix(replaceSuffix(two, step2Suffix, step2), step3Suffix, step3)
  const four = withoutFinalE(withoutLatin(three))
  return (measureAbove1.test(four) && four.endsWith("ll") ? four.slice(0, -1) : four).toLowerCase()
}
