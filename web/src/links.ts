/** Links within the page: to a post, and to an author's posts. */
export const postLink = (id: string) => `?post=${encodeURIComponent(id)}`
export const authorLink = (handle: string) => `?handle=${encodeURIComponent(handle)}`
