//go:build linux

package desktop

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkStart starts the app with a remembered account until its
// conversation list is painted from the local store, and beside it, in turn, an
// empty Wails window until its only line is. Both are driven in the same way,
// so what the driver costs is in both. A remembered account opens with one
// click, which here follows the sign-in card at once. It reports medians:
// milliseconds from the start of the process, until the card and until the
// list, and the memory of all processes as their proportional set size in MiB.
func BenchmarkStart(b *testing.B) {
	ctx, cancel := context.WithTimeout(b.Context(), 5*time.Minute)
	defer cancel()
	app := built(b, "mychat")
	empty := filepath.Join(b.TempDir(), "empty")
	if out, err := exec.CommandContext(ctx, "go", "build", "-tags", "desktop,production,webkit2_41", "-o", empty, "../emptywindow").CombinedOutput(); err != nil {
		b.Fatalf("build the empty window: %v\n%s", err, out)
	}
	data := b.TempDir()
	server := startServer(b)
	args := []string{"--server", server, "--data", data}
	d := openDesk(b)
	firstStart(ctx, b, d, app, server, args)

	var cardMS, appMS, appMB, emptyMS, emptyMB []float64
	for b.Loop() {
		ms, mb := d.measure(ctx, b, empty, []string{}, `//p[.="Empty"]`)
		emptyMS, emptyMB = append(emptyMS, ms), append(emptyMB, mb)
		ms, _ = d.measure(ctx, b, app, args, button("Sign in"))
		cardMS = append(cardMS, ms)
		ms, mb = d.measure(ctx, b, app, args, button("Sign in"), conversationRow)
		appMS, appMB = append(appMS, ms), append(appMB, mb)
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(median(cardMS), "sign-in-ms")
	b.ReportMetric(median(appMS), "app-ms")
	b.ReportMetric(median(emptyMS), "empty-ms")
	b.ReportMetric(median(appMB), "app-MiB")
	b.ReportMetric(median(emptyMB), "empty-MiB")
}

// firstStart registers in the window, with a friend and a conversation.
func firstStart(ctx context.Context, b *testing.B, d *desk, app, server string, args []string) {
	b.Helper()
	w := d.startDriver(ctx, b, app, args...)
	for _, err := range []error{
		w.click(ctx, button("Create account")),
		w.fill(ctx, field("Nickname"), "林晚"),
		w.fill(ctx, field("Username"), "lin_wan"),
		w.fill(ctx, field("Password"), password),
		w.fill(ctx, field("Password again"), password),
		w.click(ctx, button("Create account")),
	} {
		if err != nil {
			b.Fatal(err)
		}
	}
	if _, err := w.find(ctx, `//nav[@aria-label="Main navigation"]`); err != nil {
		b.Fatal(err)
	}
	newFriend(ctx, b, server, "ben_2026", "lin_wan")
	for _, err := range []error{
		w.click(ctx, `//nav[@aria-label="Main navigation"]//button[starts-with(@aria-label, "Contacts")]`),
		w.click(ctx, `//button[contains(., "Friend requests")]`),
		w.click(ctx, button("Accept")),
		w.click(ctx, `//nav[@aria-label="Main navigation"]//button[starts-with(@aria-label, "Messages")]`),
	} {
		if err != nil {
			b.Fatal(err)
		}
	}
	if _, err := w.find(ctx, conversationRow); err != nil {
		b.Fatal(err)
	}
	closeApp(ctx, w)
}

// closeApp ends the app. The driver calls it an error that the window goes
// before the session does.
func closeApp(ctx context.Context, w *driver) { _ = w.close(ctx) }

// measure starts a program and returns how long it took until the last of the
// elements was painted, and the memory it then has. All but the last are clicked
// as soon as they are painted. The page itself looks and clicks, since the
// driver's own way there and back would count as the program's.
func (d *desk) measure(ctx context.Context, b *testing.B, program string, args []string, elements ...string) (ms, mib float64) {
	b.Helper()
	server, pid := d.driverServer(ctx, b)
	wrapper := d.wrap(b, program)
	began := time.Now()
	w, err := newDriver(ctx, server, wrapper, args)
	if err != nil {
		b.Fatal(err)
	}
	painted, err := w.follow(ctx, elements)
	if err != nil {
		b.Fatal(err)
	}
	ms = float64(painted.Sub(began).Microseconds()) / 1000
	mib = memory(b, pid)
	closeApp(ctx, w)
	return ms, mib
}

// follow waits in the page until the elements are painted, one after the other,
// and clicks all but the last. It returns when the last one was.
func (d *driver) follow(ctx context.Context, elements []string) (time.Time, error) {
	const script = `
		const [elements] = args;
		const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
		for (;;) {
			const first = XPathResult.FIRST_ORDERED_NODE_TYPE;
			const found = document.evaluate(elements[0], document, null, first).singleNodeValue;
			await frame();
			if (!found) continue;
			await new Promise((resolve) => setTimeout(resolve)); // The frame that painted it has ended.
			elements.shift();
			if (elements.length === 0) return performance.timeOrigin + performance.now();
			found.click();
		}`
	for {
		var at float64
		err := d.evalAsync(ctx, script, &at, elements)
		if err == nil {
			return time.UnixMicro(int64(at * 1000)), nil
		}
		// The script went with the blank page that was there before the real one.
		select {
		case <-ctx.Done():
			return time.Time{}, fmt.Errorf("follow %q: %w", elements, err)
		case <-time.After(time.Millisecond):
		}
	}
}

// memory adds up the proportional set sizes of all descendants of a process, in
// MiB.
func memory(b *testing.B, root int) float64 {
	b.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		b.Fatal(err)
	}
	children := map[int][]int{}
	for _, file := range stats {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // It ended.
		}
		// The name in parentheses may hold anything.
		fields := strings.Fields(string(text[bytes.LastIndexByte(text, ')')+1:]))
		pid, _ := strconv.Atoi(filepath.Base(filepath.Dir(file)))
		parent, _ := strconv.Atoi(fields[1])
		children[parent] = append(children[parent], pid)
	}
	total := 0
	for queue := children[root]; len(queue) > 0; queue = queue[1:] {
		queue = append(queue, children[queue[0]]...)
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", queue[0]))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(text)) {
			if rest, ok := strings.CutPrefix(line, "Pss:"); ok {
				kib, _ := strconv.Atoi(strings.Fields(rest)[0])
				total += kib
			}
		}
	}
	return float64(total) / 1024
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}
