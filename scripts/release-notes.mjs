import { readFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"

/**
 * Prints the notes of one version, as CHANGELOG.md has them: `node scripts/release-notes.mjs v1.0.0`.
 * Fails where the tag is not the version of package.json, or nothing was written about it.
 */
export const releaseNotes = (changelog, version) => {
  const sections = changelog.split(/^(?=## )/m)
  const section = sections.find((each) => titleOf(each) === version)
  if (!section)
    throw new Error(
      `CHANGELOG.md has no "## ${version}", only ${sections.map(titleOf).filter(Boolean).join(", ")}.\n` +
        "Next: Give what is unreleased that title, and tag the commit.",
    )
  const notes = section.slice(section.indexOf("\n")).trim()
  if (!notes)
    throw new Error(`CHANGELOG.md says nothing about ${version}.\nNext: Write what changes.`)
  return notes
}

/** "1.0.0" of "## 1.0.0 (2027-01-15)" and of "## [1.0.0] - 2027-01-15". */
const titleOf = (section) => /^## \[?([^\]\s]+)/.exec(section)?.[1]

/** The version that a tag stands for, which has to be the package's own. */
export const versionOfTag = (tag, version) => {
  if (tag !== `v${version}`)
    throw new Error(
      `The tag is ${tag}, and package.json has version ${version}.\n` +
        `Next: Tag v${version}, or change the version first.`,
    )
  return version
}

/** Which of npm's tags it gets: a release candidate must not become what everybody installs. */
export const distTag = (version) => (version.includes("-") ? "next" : "latest")

const main = ([tag, what]) => {
  const root = join(dirname(fileURLToPath(import.meta.url)), "..")
  const read = (path) => readFileSync(join(root, path), "utf8")
  const version = versionOfTag(tag, JSON.parse(read("package.json")).version)
  console.log(
    what === "--dist-tag" ? distTag(version) : releaseNotes(read("CHANGELOG.md"), version),
  )
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href)
  try {
    main(process.argv.slice(2))
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
