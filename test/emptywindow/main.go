// Command emptywindow is the least that a Wails window can be. The figures of the real
// app are compared with it.
package main

import (
	"embed"
	"io/fs"
	"log"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
)

//go:embed page
var page embed.FS

func main() {
	files, err := fs.Sub(page, "page")
	if err != nil {
		log.Fatal(err)
	}
	err = wails.Run(&options.App{
		Title: "Empty", Width: 1080, Height: 720,
		AssetServer: &assetserver.Options{Assets: files},
		Linux:       &linux.Options{WebviewGpuPolicy: linux.WebviewGpuPolicyOnDemand},
	})
	if err != nil {
		log.Fatal(err)
	}
}
