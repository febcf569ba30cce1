// Runs before the first paint: applies how the reader wants the page to look. Without a choice, the system's theme applies.
try {
  for (const name of ['theme', 'text', 'rows']) {
    const chosen = localStorage.getItem(`xmonitor.${name}`)
    if (chosen) document.documentElement.dataset[name] = chosen
  }
  const { theme } = document.documentElement.dataset
  if (theme === 'light' || theme === 'dark')
    for (const bar of document.querySelectorAll('meta[name=theme-color]'))
      bar.media = bar.dataset.theme === theme ? 'all' : 'not all'
} catch {}
