package protocol

// PathPreviews tells what stands behind a link:
//
//	POST PathPreviews: AskPreview -> Preview
//
// What is asked for is in the body, never in a URL.
const PathPreviews = "/v1/previews"

// Limits of links and of what is said of them.
const (
	MaxLink               = 2000 // UTF-8 bytes of a link.
	MaxPreviewTitle       = 200  // Runes.
	MaxPreviewDescription = 400  // Runes.
	MaxPreviewSite        = 80   // Runes.
)

// AskPreview asks what stands behind a link. The server looks; the page's own
// server never hears of the device that asks.
type AskPreview struct {
	URL string `json:"url"` // http or https, at most MaxLink bytes.
}

// Preview is what a page says of itself: plain text on one line each, without
// invisible characters. None of it is to be believed but the host.
type Preview struct {
	Title       string `json:"title,omitempty"` // "" means that there is nothing to show.
	Description string `json:"description,omitempty"`
	Site        string `json:"site,omitempty"` // What the site calls itself.

	// Host is where the page was found, after redirects. Letters that look like
	// those of another script are written in punycode (xn--).
	Host string `json:"host,omitempty"`

	KeepMS int64 `json:"keep_ms"` // For how long it need not be asked again.
}
