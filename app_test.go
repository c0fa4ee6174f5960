//go:build !bindings

package main

import (
	"image"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

func TestFit(t *testing.T) {
	at := func(x, y, width, height int) place { return place{X: &x, Y: &y, Width: width, Height: height} }
	nowhere := func(width, height int) place { return place{Width: width, Height: height} }
	one := []image.Point{{X: 1280, Y: 800}}
	two := []image.Point{{X: 1280, Y: 800}, {X: 1920, Y: 1080}}
	for _, tt := range []struct {
		name    string
		in      place
		screens []image.Point
		want    place
	}{
		{"it fits", at(100, 50, 1000, 700), one, at(100, 50, 1000, 700)},
		{"partly off the left", at(-500, 50, 1000, 700), one, at(-500, 50, 1000, 700)},
		{"on the second screen", at(1400, 50, 1000, 700), two, at(1400, 50, 1000, 700)},
		{"the second screen is gone", at(1400, 50, 1000, 700), one, nowhere(1000, 700)},
		{"off the left", at(-950, 50, 1000, 700), one, nowhere(1000, 700)},
		{"above the top", at(100, -1, 1000, 700), one, nowhere(1000, 700)},
		{"below the bottom", at(100, 790, 1000, 700), one, nowhere(1000, 700)},
		{"too large", at(0, 0, 1900, 1000), one, at(0, 0, 1280, 800)},
		{"never placed", nowhere(1080, 720), one, nowhere(1080, 720)},
		{"a tiny screen", nowhere(1080, 720), []image.Point{{X: 200, Y: 100}}, nowhere(minWidth, minHeight)},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := fit(tt.in, tt.screens); !reflect.DeepEqual(got, tt.want) {
				t.Errorf("fit = %+v, want %+v", got, tt.want)
			}
		})
	}
}

func TestPlaceThatCannotBeRead(t *testing.T) {
	for name, data := range map[string]string{
		"no file": "", "no JSON": "{", "wrong types": `{"width":"wide"}`, "nonsense": `{"width":-5,"height":0}`,
	} {
		t.Run(name, func(t *testing.T) {
			w := newWindow(nil, t.TempDir(), "en", slog.New(slog.NewTextHandler(t.Output(), nil)))
			if data != "" {
				if err := os.WriteFile(filepath.Join(w.dir, "window.json"), []byte(data), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if p := w.readPlace(); p.Width < minWidth || p.Height < minHeight || p.X != nil {
				t.Errorf("place = %+v, want one that can be used", p)
			}
		})
	}
}
