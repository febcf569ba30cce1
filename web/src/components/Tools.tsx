import { FilterForm } from './FilterForm.tsx'

/** Everything beside the search: filters, saved views, what else the page shows. */
export function Tools() {
  return (
    <div class="tools">
      <FilterForm />
    </div>
  )
}
