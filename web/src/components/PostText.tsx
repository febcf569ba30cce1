import { useSignal } from '@preact/signals'
import { whole } from '../format.ts'
import { fold, pieces } from '../text.ts'
import { Out } from './Out.tsx'

/** Even where all of a post is shown, a text longer than this unfolds only when asked. */
const ALWAYS_FOLDS = 20_000

/** A post's text: addresses, @handles and #tags linked, nothing else interpreted; a long one folds. */
export function PostText({ text, folds = true }: { text: string; folds?: boolean }) {
  const open = useSignal(false)
  const cut = (folds || text.length > ALWAYS_FOLDS) && !open.value ? fold(text) : undefined
  const shown = cut === undefined ? text : text.slice(0, cut)
  return (
    <>
      <p class="text" dir="auto">
        {pieces(shown).map((piece) => (piece.href ? <Out href={piece.href}>{piece.text}</Out> : piece.text))}
        {cut !== undefined && '…'}
      </p>
      {cut !== undefined && (
        <button type="button" class="quiet unfold" onClick={() => (open.value = true)}>
          Show all {whole(text.length)} characters
        </button>
      )}
    </>
  )
}
