import { errorText } from "../model/errors.ts"
import { join } from "node:path"
import { type FolderFs, isMissing, nodeFolderFs } from "../specialists/agent-folder.ts"
import { parseYaml } from "../specialists/file/yaml.ts"
import { templateDraft, type TemplateDraft } from "./template.ts"

/** Those of the bundle, as the build has read them. */
export interface EmbeddedTemplates {
  /** Rises when the shape changes; a bundle reads only what it was built with. */
  format: 1
  templates: TemplateDraft[]
}

/**
 * Reads our templates/ folder, one YAML file each. A build must not ship half of them, so every file
 * that does not parse is named in the Error; without the folder there are none.
 */
export const readTemplateFolder = (dir: string, fs: FolderFs = nodeFolderFs): TemplateDraft[] => {
  const problems: string[] = []
  const templates = yamlIn(dir, fs).flatMap((file) => {
    try {
      const template = templateDraft.parse(parseYaml(fs.read(join(dir, file))))
      if (`${template.name}.yaml` !== file) throw new Error(`its name is ${template.name}`)
      return [template]
    } catch (error) {
      problems.push(`templates/${file}: ${errorText(error)}`)
      return []
    }
  })
  if (problems.length > 0) throw new Error(problems.join("\n"))
  return templates
}

const yamlIn = (dir: string, fs: FolderFs) => {
  try {
    return fs
      .entries(dir)
      .map(({ name }) => name)
      .filter((name) => name.endsWith(".yaml"))
      .toSorted()
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
