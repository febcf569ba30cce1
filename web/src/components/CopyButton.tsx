import { useSignal } from '@preact/signals'
import { copyText } from '../copy-text.ts'

/** Copies a text, and says so for a moment. */
export function CopyButton({ text, label }: { text: string; label: string }) {
  const status = useSignal('')
  const copy = async () => {
    status.value = await copyText(text).then(
      () => 'Copied',
      () => 'Copy blocked by the browser',
    )
    setTimeout(() => {
      status.value = ''
    }, 2000)
  }
  return (
    <>
      <button onClick={copy}>{status.value || label}</button>
      <span role="status" class="visually-hidden">
        {status}
      </span>
    </>
  )
}
