/**
 * How a shell command can leave a process behind. Each command writes the pid of what it leaves into
 * `file` and returns; the process then sleeps for longer than any test. None keeps the command's
 * output open: OpenCode's tool would wait for it.
 */
export const backgroundKinds: Record<string, (file: string) => string> = {
  "plain &": (file) => `${sleeper(file)} &`,
  nohup: (file) => `nohup ${sleeper(file)} >/dev/null 2>&1 &`,
  setsid: (file) => `setsid ${sleeper(file)} >/dev/null 2>&1 &`,
  disown: (file) => `bash -c ${quoted(`${sleeper(file)} >/dev/null 2>&1 & disown`)}`,
  "setsid and a second fork": (file) => `setsid sh -c ${quoted(`${sleeper(file)} &`)}`,
  "env -i": (file) => `env -i ${sleeper(file)} >/dev/null 2>&1 &`,
  "a title over its environment": (file) => `perl -e ${quoted(titled(file))} &`,
  "perl's way of a daemon": (file) => `perl -e ${quoted(daemon(file))}`,
  "a detached child without an environment": (file) =>
    `BUN_BE_BUN=1 ${process.execPath} -e ${quoted(detached(file))}`,
  "env -i, setsid, a second fork and closed descriptors": (file) =>
    `env -i setsid sh -c ${quoted(`${sleeper(file)} <&- >&- 2>&- &`)}`,
}

const quoted = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`

// Under a name first: whoever reads the file never finds it half written.
const sleeper = (file: string) =>
  `sh -c ${quoted(`echo $$ >${file}.new; mv ${file}.new ${file}; exec sleep 300 </dev/null >/dev/null 2>&1`)}`

const tell = (file: string) =>
  `open F, ">", "${file}.new"; print F $$; close F; rename "${file}.new", "${file}";`

/** perl keeps a title where its arguments and its environment were. */
const titled = (file: string) =>
  `open $_, ">", "/dev/null" for (*STDOUT, *STDERR); $0 = "server: ready" . "." x 20000; ${tell(file)} sleep 300`

const daemon = (file: string) =>
  `use POSIX; exit if fork; POSIX::setsid(); exit if fork; %ENV = (); chdir "/"; close $_ for (STDIN, STDOUT, STDERR); ${tell(file)} exec "sleep", "300"`

const detached = (file: string) =>
  `require("node:child_process").spawn("/bin/sh", ["-c", ${JSON.stringify(sleeper(file))}], { detached: true, stdio: "ignore", env: {} }).unref()`
