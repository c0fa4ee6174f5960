// Package frontend embeds the built page, so that both hosts serve the same.
package frontend

import (
	"embed"
	"io/fs"
)

// dist holds at least .gitkeep, so that Go builds before the page is built.
//
//go:embed all:dist
var dist embed.FS

// Page returns the built page, with index.html at its root; a build without the
// page has none.
func Page() fs.FS {
	page, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // The name is a constant.
	}
	return page
}
