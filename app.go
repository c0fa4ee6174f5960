//go:build !bindings

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"image"
	"io/fs"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync/atomic"

	"github.com/wailsapp/wails/v2/pkg/menu"
	"github.com/wailsapp/wails/v2/pkg/options"
	"github.com/wailsapp/wails/v2/pkg/options/assetserver"
	"github.com/wailsapp/wails/v2/pkg/options/linux"
	"github.com/wailsapp/wails/v2/pkg/options/mac"
	"github.com/wailsapp/wails/v2/pkg/options/windows"
	"github.com/wailsapp/wails/v2/pkg/runtime"

	"mychat/backend/bridge"
	"mychat/backend/browserhost"
	"mychat/backend/desktop"
	"mychat/frontend"
)

const (
	title = "MyChat"

	// eventName is what the page listens to: batches of bridge.Event.
	eventName = "mychat"

	minWidth, minHeight         = 360, 480
	defaultWidth, defaultHeight = 1080, 720
)

// window is the desktop window and what the system shows beside it: the title,
// notices, the menu. Its methods are safe for concurrent use.
type window struct {
	app    *bridge.App
	dir    string
	locale string
	log    *slog.Logger

	// ctx is Wails' handle to the window, ready once opened is closed.
	ctx    context.Context
	opened chan struct{}

	quitting atomic.Bool // Closing means quitting, whatever the settings say.
	closing  atomic.Bool // The window closes for good, once, or has done so.

	noNotices atomic.Bool // A notice failed and the log says so.
}

func newWindow(app *bridge.App, dir, locale string, log *slog.Logger) *window {
	return &window{app: app, dir: dir, locale: locale, log: log, opened: make(chan struct{})}
}

// options returns what Wails is started with.
func (w *window) options() *options.App {
	if os.Getenv("WEBKIT_DISABLE_DMABUF_RENDERER") == "" {
		// With the DMA-BUF renderer the window stays blank on NVIDIA's drivers.
		_ = os.Setenv("WEBKIT_DISABLE_DMABUF_RENDERER", "1")
	}
	place := w.readPlace()
	start := options.Normal
	if place.Maximised {
		start = options.Maximised
	}
	return &options.App{
		Title:     title,
		Width:     place.Width,
		Height:    place.Height,
		MinWidth:  minWidth,
		MinHeight: minHeight,

		WindowStartState:  start,
		HideWindowOnClose: w.hidesOnClose(),
		BackgroundColour:  options.NewRGB(0xf1, 0xf5, 0xf5), // --bg-canvas, until the page has drawn.
		AssetServer:       &assetserver.Options{Assets: frontend.Page(), Middleware: protect},
		Menu:              appMenu(),
		Bind:              w.app.Bound(),
		ErrorFormatter:    func(err error) any { return bridge.AsError(err) },

		OnStartup:     w.onStartup,
		OnBeforeClose: w.onBeforeClose,
		OnShutdown:    w.onShutdown,

		Linux: &linux.Options{
			ProgramName: "mychat",
			// The web view accelerates what asks for it; nil would mean never.
			WebviewGpuPolicy: linux.WebviewGpuPolicyOnDemand,
		},
		Mac:     &mac.Options{DisableZoom: true},
		Windows: &windows.Options{Theme: windows.SystemDefault},
	}
}

// protect gives the page in the window the policy that it has in a browser.
func protect(next http.Handler) http.Handler {
	policy := browserhost.Policy()
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Security-Policy", policy)
		rw.Header().Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(rw, r)
	})
}

// appMenu is the menu bar of macOS, where copying and quitting by keyboard need
// one. Other systems have none.
func appMenu() *menu.Menu {
	if goruntime.GOOS != "darwin" {
		return nil
	}
	return menu.NewMenuFromItems(menu.AppMenu(), menu.EditMenu(), menu.WindowMenu())
}

// hidesOnClose reports whether Wails itself hides the window when it is closed.
// On macOS only that tells closing from quitting, so there the setting counts
// from the next start on.
func (w *window) hidesOnClose() bool {
	return goruntime.GOOS == "darwin" && w.closesToBackground(context.Background())
}

func (w *window) closesToBackground(ctx context.Context) bool {
	settings, err := w.app.Settings(ctx)
	return err == nil && settings.CloseToBackground
}

// onStartup is called once, when the window is there.
func (w *window) onStartup(ctx context.Context) {
	w.restorePlace(ctx)
	w.ctx = ctx
	close(w.opened)
	if w.quitting.Load() {
		runtime.Quit(ctx)
	}
}

// onShutdown is called once, when the window is gone.
func (w *window) onShutdown(context.Context) { w.closing.Store(true) }

// onBeforeClose decides whether the window may close, which ends the app.
func (w *window) onBeforeClose(ctx context.Context) (prevent bool) {
	if w.closing.Load() {
		return true // It does already; Wails would end twice.
	}
	w.savePlace(ctx)
	if w.quitting.Load() || goruntime.GOOS == "darwin" || !w.closesToBackground(ctx) {
		return w.closing.Swap(true)
	}
	runtime.WindowHide(ctx)
	w.app.Focus(false)
	return true
}

// show brings the window back, wherever it is.
func (w *window) show() {
	select {
	case <-w.opened:
		runtime.Show(w.ctx)
		runtime.WindowUnminimise(w.ctx)
		runtime.WindowShow(w.ctx)
	default: // It is about to appear anyway.
	}
}

// run tells the page and the system what happens, until ctx ends; then it
// closes the window.
func (w *window) run(ctx context.Context) error {
	select {
	case <-w.opened:
	case <-ctx.Done():
		w.quit()
		return nil
	}
	w.startNotices()
	defer runtime.CleanupNotifications(w.ctx)
	_, events := w.app.Subscribe(0)
	defer func() { events.Close() }()
	for {
		select {
		case batch, ok := <-events.C:
			if !ok {
				// The window was too slow. The page sees the gap and asks.
				_, events = w.app.Subscribe(0)
				continue
			}
			runtime.EventsEmit(w.ctx, eventName, batch)
			for _, e := range batch {
				w.react(e)
			}
		case <-ctx.Done():
			w.quit()
			return nil
		}
	}
}

// quit closes the window, or sees to it that it closes as soon as it opens.
func (w *window) quit() {
	w.quitting.Store(true)
	select {
	case <-w.opened:
		if !w.closing.Load() {
			runtime.Quit(w.ctx)
		}
	default:
	}
}

// react does what an event asks of the system around the page.
func (w *window) react(e bridge.Event) {
	switch e.Kind {
	case bridge.EventUnread:
		text := title
		if *e.Unread > 0 {
			text = fmt.Sprintf("(%d) %s", *e.Unread, title)
		}
		runtime.WindowSetTitle(w.ctx, text)
	case bridge.EventNotice:
		w.notify(*e.Notice)
	case bridge.EventNoticesOver:
		for _, id := range e.IDs {
			if err := runtime.RemoveNotification(w.ctx, id); err != nil {
				w.log.Debug("a notice was not taken back", "error", err)
			}
		}
	case bridge.EventShow:
		w.show()
	}
}

// startNotices connects to the system's notices, where there are any.
func (w *window) startNotices() {
	if !desktop.HasSessionBus() {
		w.log.Info("this system shows no notices", "error", "there is no D-Bus session")
		return
	}
	if err := runtime.InitializeNotifications(w.ctx); err != nil {
		w.log.Info("this system shows no notices", "error", err)
		return
	}
	if ok, err := runtime.RequestNotificationAuthorization(w.ctx); err != nil || !ok {
		w.log.Info("the user allows no notices", "error", err)
	}
	runtime.OnNotificationResponse(w.ctx, func(r runtime.NotificationResult) {
		if r.Error != nil {
			w.log.Warn("a notice was not answered", "error", r.Error)
			return
		}
		if id, ok := r.Response.UserInfo["conversation_id"].(string); ok {
			w.app.Show(id)
		}
	})
}

// notify shows a notice. One without words, because the user wants no preview,
// says only that there is something.
func (w *window) notify(n bridge.Notice) {
	heading, body := n.Title, n.Body
	if heading == "" {
		heading, body = title, w.words("You have a new message", "你有一条新消息")
	}
	err := runtime.SendNotification(w.ctx, runtime.NotificationOptions{
		ID: n.MessageID, Title: heading, Body: body,
		Data: map[string]any{"conversation_id": n.ConversationID},
	})
	if err != nil && !w.noNotices.Swap(true) {
		w.log.Info("a notice was not shown; the next failures are not logged", "error", err)
	}
}

// language is what the user reads: their choice, or the system's.
func (w *window) language() string {
	if s, err := w.app.Settings(w.ctx); err == nil && s.Language != "" {
		return s.Language
	}
	return w.locale
}

// chooseFolder asks for a folder to write to; "" means that the user wants none.
func (w *window) chooseFolder() (string, error) {
	return runtime.OpenDirectoryDialog(w.ctx, runtime.OpenDialogOptions{
		Title: w.words("Save to a folder", "保存到文件夹"), CanCreateDirectories: true,
	})
}

// chooseBackup asks for a backup; "" means that the user wants none.
func (w *window) chooseBackup() (string, error) {
	return runtime.OpenFileDialog(w.ctx, runtime.OpenDialogOptions{
		Title: w.words("Choose a backup", "选择备份文件"),
		Filters: []runtime.FileFilter{
			{DisplayName: w.words("MyChat backups", "MyChat 备份"), Pattern: "*.mychatbackup"},
			{DisplayName: w.words("All files", "所有文件"), Pattern: "*"},
		},
	})
}

// words returns what is said in the language of the user.
func (w *window) words(english, chinese string) string {
	if strings.HasPrefix(w.language(), "zh") {
		return chinese
	}
	return english
}

// place is where the window was, in a file of the data folder. X and Y are nil
// until it was ever closed.
type place struct {
	X         *int `json:"x,omitempty"`
	Y         *int `json:"y,omitempty"`
	Width     int  `json:"width"`
	Height    int  `json:"height"`
	Maximised bool `json:"maximised"`
}

func (w *window) placeFile() string { return filepath.Join(w.dir, "window.json") }

// readPlace returns where the window was, or the default.
func (w *window) readPlace() place {
	p := place{Width: defaultWidth, Height: defaultHeight}
	data, err := os.ReadFile(w.placeFile())
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		w.log.Warn("the window's place is unreadable", "error", err)
		p = place{Width: defaultWidth, Height: defaultHeight}
	}
	p.Width, p.Height = max(p.Width, minWidth), max(p.Height, minHeight)
	return p
}

// restorePlace puts the window where it was, if enough of it is then on a
// screen.
func (w *window) restorePlace(ctx context.Context) {
	screens, err := runtime.ScreenGetAll(ctx)
	if err != nil || len(screens) == 0 {
		return
	}
	sizes := make([]image.Point, len(screens))
	for i, s := range screens {
		sizes[i] = image.Pt(s.Size.Width, s.Size.Height)
	}
	p := w.readPlace()
	q := fit(p, sizes)
	if q.Width != p.Width || q.Height != p.Height {
		runtime.WindowSetSize(ctx, q.Width, q.Height)
	}
	switch {
	case q.Maximised:
	case q.X != nil:
		runtime.WindowSetPosition(ctx, *q.X, *q.Y)
	default:
		// Wails put it in the middle, where that of another data folder may be.
		x, y := runtime.WindowGetPosition(ctx)
		step := cascade(w.dir)
		runtime.WindowSetPosition(ctx, x+step, y+step)
	}
}

// cascade returns how far from the middle the first window of a data folder
// opens, in pixels. The user's own folder opens in the middle; another, which
// runs beside it, in one of eight places by its name, so that two windows
// seldom cover each other.
func cascade(dir string) int {
	if own, err := desktop.DataDir(); err != nil || dir == own {
		return 0
	}
	h := fnv.New32a()
	_, _ = h.Write([]byte(filepath.Base(dir))) // It never fails.
	return int(h.Sum32()%8)*32 - 112
}

// fit returns p made to fit the screens there are now: no larger than the
// largest of them, and nowhere rather than out of reach. Wails does not say how
// the screens lie, so the room for the position is all of them in a row.
func fit(p place, screens []image.Point) place {
	const reach = 100 // This much of the window's top is on a screen, to drag it by.
	var widest, highest, across int
	for _, s := range screens {
		widest, highest = max(widest, s.X), max(highest, s.Y)
		across += s.X
	}
	p.Width = max(minWidth, min(p.Width, widest))
	p.Height = max(minHeight, min(p.Height, highest))
	if p.X == nil || p.Y == nil || *p.X < reach-p.Width || *p.X > across-reach || *p.Y < 0 || *p.Y > highest-reach {
		p.X, p.Y = nil, nil
	}
	return p
}

// savePlace keeps where the window is. A maximised or minimised window keeps
// the size that it had before.
func (w *window) savePlace(ctx context.Context) {
	p := w.readPlace()
	p.Maximised = runtime.WindowIsMaximised(ctx)
	if runtime.WindowIsNormal(ctx) {
		p.Width, p.Height = runtime.WindowGetSize(ctx)
		x, y := runtime.WindowGetPosition(ctx)
		p.X, p.Y = &x, &y
	}
	data, err := json.Marshal(p)
	if err == nil {
		err = os.WriteFile(w.placeFile(), data, 0o600)
	}
	if err != nil {
		w.log.Warn("the window's place was not kept", "error", err)
	}
}
