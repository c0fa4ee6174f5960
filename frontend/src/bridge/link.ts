const open = new Set(["http:", "https:", "mailto:"]);

/**
 * The link in the form that may be handed to the system, or null where it must
 * not be: any scheme other than http, https and mailto, or no link at all.
 */
export function safeLink(text: string): string | null {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return null;
  }
  return open.has(url.protocol) ? url.href : null;
}
