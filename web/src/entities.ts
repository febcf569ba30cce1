const ENTITIES: Record<string, string> = { '&amp;': '&', '&lt;': '<', '&gt;': '>' }

/** X stores &, < and > as these three entities. They are decoded to show the text, and nothing else is. */
export const decodeEntities = (text: string | null | undefined) =>
  (text ?? '').replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]!)
