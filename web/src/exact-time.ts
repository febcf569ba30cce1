import { absolute } from './format.ts'

/**
 * Makes a time in full the title of an element once a mouse is over it. The first one takes a slow phone as long as several
 * posts, and most are never read.
 */
export const exactTime =
  (time: number) =>
  ({ currentTarget }: MouseEvent): void => {
    ;(currentTarget as HTMLElement).title = absolute(time)
  }
