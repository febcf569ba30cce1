import { Sheet } from './Sheet.tsx'
import { Tools } from './Tools.tsx'

/** Where no rail stands beside the timeline, its tools come in a sheet. */
export function ToolsSheet({ close }: { close: () => void }) {
  return (
    <Sheet label="Filters and more" close={close}>
      <Tools />
    </Sheet>
  )
}
