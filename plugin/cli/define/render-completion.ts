import type { Command } from "./command.ts"

export const shells = ["bash", "zsh", "fish"] as const
export type Shell = (typeof shells)[number]

/** A script that a shell reads: from the registry, so that it never knows less than the help. */
export const renderCompletion = (shell: Shell, commands: readonly Command[]) =>
  ({ bash, zsh, fish })[shell](commands)

const flagsOf = ({ options }: Command) => [
  ...Object.keys(options).map((name) => `--${name}`),
  "--help",
]

const bash = (
  commands: readonly Command[],
) => `# meshfleet completion for bash: source <(meshfleet completion bash)
_meshfleet() {
  local word=\${COMP_WORDS[COMP_CWORD]} words
  if [ "$COMP_CWORD" -eq 1 ]; then
    words="${commands.map(({ name }) => name).join(" ")}"
  else
    case \${COMP_WORDS[1]} in
${commands.map((command) => `      ${command.name}) words="${wordsOf(command).join(" ")}" ;;`).join("\n")}
    esac
  fi
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -o default -F _meshfleet meshfleet
`

const zsh = (commands: readonly Command[]) => `#compdef meshfleet
# meshfleet completion for zsh: source <(meshfleet completion zsh)
_meshfleet() {
  local -a known
  if (( CURRENT == 2 )); then
    known=(
${commands.map(({ name, summary }) => `      ${quote(`${name}:${summary}`)}`).join("\n")}
    )
    _describe command known
  else
    case $words[2] in
${commands.map((command) => `      ${command.name}) compadd -- ${wordsOf(command).join(" ")} ;;`).join("\n")}
    esac
    _files
  fi
}
compdef _meshfleet meshfleet
`

const fish = (
  commands: readonly Command[],
) => `# meshfleet completion for fish: meshfleet completion fish | source
complete -c meshfleet -f
${commands
  .flatMap((command) => [
    `complete -c meshfleet -n __fish_use_subcommand -a ${command.name} -d ${quote(command.summary)}`,
    ...Object.entries(command.options).map(
      ([name, { help, parse }]) =>
        `complete -c meshfleet -n "__fish_seen_subcommand_from ${command.name}" -l ${name}${parse ? " -x" : ""} -d ${quote(help)}`,
    ),
    ...subcommandsOf(command).map(
      (word) => `complete -c meshfleet -n "__fish_seen_subcommand_from ${command.name}" -a ${word}`,
    ),
  ])
  .join("\n")}
`

/** Words that the forms of a command say as they are: `show` of `templates show <name>`. */
const subcommandsOf = ({ usage }: Command) => [
  ...new Set(
    usage.flatMap((form) => {
      const word = form.split(" ")[1]
      return word !== undefined && /^[a-z]+$/.test(word) ? [word] : []
    }),
  ),
]

const wordsOf = (command: Command) => [...subcommandsOf(command), ...flagsOf(command)]

const quote = (text: string) => `'${text.replaceAll("'", String.raw`'\''`)}'`
