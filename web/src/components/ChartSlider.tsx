import type { ComponentChildren } from 'preact'
import { useRef } from 'preact/hooks'

type Props = {
  label: string
  count: number
  at: number
  /** What is there. */
  text: string | undefined
  choose: (to: number) => void
  /** The nearest one to a place across the plot, from 0 to 1. */
  nearest: (part: number) => number
  pick?: () => void
  class?: string
  children: ComponentChildren
}

/**
 * A chart whose parts are chosen by arrow keys, a pointer or a tap; Enter or a mouse click picks the chosen one. A tap only
 * chooses: what is drawn is too narrow to hit reliably with a finger.
 */
export function ChartSlider({ label, count, at, text, choose, nearest, pick, class: name = '', children }: Props) {
  const byMouse = useRef(false)
  const chooseWithin = (to: number) => choose(Math.min(count - 1, Math.max(0, to)))
  const onKeyDown = (event: KeyboardEvent) => {
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: count - 1 }[event.key]
    if (to !== undefined) chooseWithin(to)
    else if (pick && (event.key === 'Enter' || event.key === ' ')) pick()
    else return
    event.preventDefault()
  }
  const onPointer = (event: PointerEvent) => {
    byMouse.current = event.pointerType === 'mouse'
    const { left, width } = (event.currentTarget as Element).querySelector('.plot')!.getBoundingClientRect()
    chooseWithin(nearest((event.clientX - left) / width))
  }
  return (
    <div
      class={`chart ${name}`}
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-valuemin={1}
      aria-valuemax={count}
      aria-valuenow={at + 1}
      aria-valuetext={text}
      onKeyDown={onKeyDown}
      onPointerDown={onPointer}
      onPointerMove={onPointer}
      onClick={() => byMouse.current && pick?.()}
    >
      {children}
    </div>
  )
}
