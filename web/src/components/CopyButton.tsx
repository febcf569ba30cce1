import { useSignal } from '@preact/signals'

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const said = useSignal('')
  const copy = async () => {
    said.value = await navigator.clipboard.writeText(text).then(
      () => 'Copied',
      () => 'Not copied: the browser forbids it',
    )
    setTimeout(() => {
      said.value = ''
    }, 2000)
  }
  return (
    <>
      <button type="button" onClick={copy}>
        {said.value || label}
      </button>
      <span role="status" class="unseen">
        {said}
      </span>
    </>
  )
}
