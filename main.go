package main

import (
	"log"

	"github.com/wailsapp/wails/v2"
	"github.com/wailsapp/wails/v2/pkg/options"
	"mychat/backend/bridge"
)

func main() {
	err := wails.Run(&options.App{
		Title: "MyChat",
		Bind:  []any{&bridge.Auth{}, &bridge.Chat{}, &bridge.History{}, &bridge.Friends{}, &bridge.Settings{}, &bridge.Events{}},
	})
	if err != nil {
		log.Fatal(err)
	}
}
