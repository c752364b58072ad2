const name = "meshfleet-theme"

export const restoreTheme = () => {
  const theme = localStorage.getItem(name)
  if (theme) document.documentElement.dataset["theme"] = theme
}

export const isDark = () =>
  (document.documentElement.dataset["theme"] ??
    (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark"

export const switchTheme = () => {
  const theme = isDark() ? "light" : "dark"
  document.documentElement.dataset["theme"] = theme
  localStorage.setItem(name, theme)
  dispatchEvent(new Event("themechange"))
}

/** The colours of the style sheet as they are now, for drawings. */
export const colours = () => {
  const style = getComputedStyle(document.documentElement)
  const known = new Map<string, string>()
  return (variable: string) => {
    let colour = known.get(variable)
    if (colour === undefined)
      known.set(variable, (colour = style.getPropertyValue(`--${variable}`).trim()))
    return colour
  }
}

export const onThemeChange = (listener: () => void) => {
  const media = matchMedia("(prefers-color-scheme: dark)")
  addEventListener("themechange", listener)
  media.addEventListener("change", listener)
  return () => {
    removeEventListener("themechange", listener)
    media.removeEventListener("change", listener)
  }
}
