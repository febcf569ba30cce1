import { FilterForm } from './FilterForm.tsx'
import { Menu } from './Menu.tsx'
import { Sheet } from './Sheet.tsx'

/** The filters, and the menu below them. */
export function Tools() {
  return (
    <div class="tools">
      <FilterForm />
      <Menu />
    </div>
  )
}

/** The same where there is no room for them next to the timeline. */
export function FilterSheet() {
  return (
    <Sheet label="Filters and more">
      <Tools />
    </Sheet>
  )
}
