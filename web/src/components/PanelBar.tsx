import type { ComponentChildren, Ref } from 'preact'
import { useApp } from '../app-context.ts'
import { fitsSidePanel } from '../screen.ts'
import { Icon } from './Icon.tsx'

type Props = { title: ComponentChildren; headingRef?: Ref<HTMLHeadingElement>; children?: ComponentChildren }

/** The top of the side panel, which can be closed unless it stands next to the timeline anyway. */
export function PanelBar({ title, headingRef, children }: Props) {
  const { place, close } = useApp()
  const { post, view } = place.value
  return (
    <header class="panel-bar">
      {(post || view || !fitsSidePanel.value) && (
        <button class="square" aria-label="Close" onClick={close}>
          <Icon name="close" />
        </button>
      )}
      <h2 ref={headingRef!} tabIndex={-1}>
        {title}
      </h2>
      {children}
    </header>
  )
}
