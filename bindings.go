//go:build bindings

// The binding generator runs the program to look at the bound structs. It needs
// no window and no data folder.

package main

import (
	"log"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"

	"mychat/backend/bridge"
)

func main() {
	if err := wails.Run(&options.App{Title: "MyChat", Bind: new(bridge.App).Bound()}); err != nil {
		log.Fatal(err)
	}
}
