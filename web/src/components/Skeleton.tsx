/** Placeholders for posts, on the first load only. */
export const Skeleton = () => <div class="skeleton" aria-hidden="true" />
