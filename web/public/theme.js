// Runs before the first paint: applies the theme the reader chose. Without one, the system's applies.
try {
  const theme = localStorage.getItem('xmonitor.theme')
  if (theme === 'light' || theme === 'dark') {
    document.documentElement.dataset.theme = theme
    for (const bar of document.querySelectorAll('meta[name=theme-color]'))
      bar.media = bar.dataset.theme === theme ? 'all' : 'not all'
  }
} catch {}
