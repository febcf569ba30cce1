/** Copies a text. Browsers offer the clipboard to pages over https only; over http the older way has to do. */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text)
  const field = document.createElement('textarea')
  field.value = text
  // In the dialog, if one is open: nothing outside it can be selected.
  const focused = document.activeElement as HTMLElement | null
  ;(focused?.closest('dialog') ?? document.body).append(field)
  field.select()
  const copied = document.execCommand('copy')
  field.remove()
  focused?.focus()
  if (!copied) throw new Error('The browser did not copy.')
}
