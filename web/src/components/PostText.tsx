import { useSignal } from '@preact/signals'
import { useApp } from '../app-context.ts'
import { decodeEntities } from '../entities.ts'
import { whole as formatNumber } from '../format.ts'
import { authorLink } from '../links.ts'
import { fold, pieces } from '../text.ts'
import { ExternalLink } from './ExternalLink.tsx'

/** The open post shows its whole text, unless it is longer than this. */
const ALWAYS_FOLDS = 20_000

/** A post's text, with links for URLs, @handles and #tags; a long one is folded. Handles of the watchlist lead to that author here. */
export function PostText({ text, folds = true }: { text: string; folds?: boolean }) {
  const { watchlist } = useApp()
  const open = useSignal(false)
  const whole = decodeEntities(text)
  const cut = (folds || whole.length > ALWAYS_FOLDS) && !open.value ? fold(whole) : undefined
  const shown = cut === undefined ? whole : whole.slice(0, cut)
  return (
    <>
      <p class="text" dir="auto">
        {pieces(shown).map(({ text, href }) => {
          const handle = text.slice(1).toLowerCase()
          if (!href) return text
          return text[0] === '@' && watchlist.value.some((account) => account.handle === handle) ? (
            <a href={authorLink(handle)}>{text}</a>
          ) : (
            <ExternalLink href={href}>{text}</ExternalLink>
          )
        })}
        {cut !== undefined && '…'}
      </p>
      {cut !== undefined && (
        <button class="quiet unfold" onClick={() => (open.value = true)}>
          Show all {formatNumber(whole.length)} characters
        </button>
      )}
    </>
  )
}
