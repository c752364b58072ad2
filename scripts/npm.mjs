/** How to start npm: the one that runs us, if one does, so that both are of the same version. */
export const npmCommand = () => {
  const npm = process.env.npm_execpath
  return npm?.endsWith(".js")
    ? { program: process.execPath, first: [npm], shell: false }
    : { program: "npm", first: [], shell: process.platform === "win32" }
}
