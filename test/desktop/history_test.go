//go:build linux

package desktop

import (
	"context"
	"fmt"
	"image"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	historySize = 500

	// shiftPx is how far a row may stand from where it belongs after a step.
	// WebKitGTK scrolls by whole pixels of the screen, rows have fractions.
	shiftPx = 2.0

	// barePx is the most that may be seen between two rows: a day, or a run's end.
	barePx = 120
)

// watching is the page's half of TestHistory. It looks at the list in every
// frame, so that what stands wrong for a single frame is seen too.
const watching = `
const box = document.querySelector('[data-region="messages"]');
const rows = () => [...box.querySelectorAll("[data-row]")];
const frame = () => new Promise(requestAnimationFrame);
const topOf = (id) => rows().find((r) => r.dataset.row === id)?.getBoundingClientRect().top ?? NaN;
const first = () => {
  const edge = box.getBoundingClientRect().top;
  const row = rows().find((r) => r.getBoundingClientRect().bottom > edge);
  return { id: row.dataset.row, top: row.getBoundingClientRect().top };
};
// The greatest height in the viewport that no row covers, other than between
// the upper edge and the conversation's very first row.
const bare = () => {
  const view = box.getBoundingClientRect();
  let seen = view.top, most = 0;
  rows().forEach((row, i) => {
    const { top, bottom } = row.getBoundingClientRect();
    if (bottom < view.top || top > view.bottom) return;
    if (i > 0 || !box.textContent.includes("This is where your conversation")) most = Math.max(most, top - seen);
    seen = Math.max(seen, bottom);
  });
  return Math.max(most, view.bottom - seen);
};
const left = () => box.scrollHeight - box.clientHeight - box.scrollTop;
`

// look is what the page saw while something happened.
type look struct {
	Shift  float64 `json:"shift"`  // The most that a row stood off its place in any frame, in pixels.
	Bare   float64 `json:"bare"`   // The most that no row covered in any frame, in pixels.
	Frames int     `json:"frames"` // How often it looked.
	Rows   int     `json:"rows"`   // Rows mounted at the end.
	Left   float64 `json:"left"`   // Pixels below the viewport at the end.
	Start  bool    `json:"start"`  // The conversation's beginning is reached.
	Lost   bool    `json:"lost"`   // The row that was followed is gone.
}

// stepUp scrolls by some pixels and follows the first visible row until the
// list is still and loads nothing.
const stepUp = watching + `
const from = first(), by = Math.min(args[0], box.scrollTop);
box.scrollTop -= by;
const got = { shift: 0, bare: 0, frames: 0, lost: false };
for (let still = 0, last = NaN; still < 4; got.frames++) {
  await frame();
  const at = topOf(from.id);
  if (Number.isNaN(at)) { got.lost = true; break; }
  got.shift = Math.max(got.shift, Math.abs(at - from.top - by));
  got.bare = Math.max(got.bare, bare());
  still = at === last ? still + 1 : 0;
  last = at;
}
return { ...got, rows: rows().length, left: left(),
  start: box.scrollTop === 0 && box.textContent.includes("This is where your conversation") };
`

// startWatch follows whatever rows are visible while the user turns the wheel
// upwards: from one frame to the next they move together, never upwards, and
// by no more than the wheel was turned. stopWatch ends it.
const (
	startWatch = watching + `
const got = window.watch = { shift: 0, bare: 0, frames: 0, lost: false, on: true };
let before = new Map(), turned = 0, moved = 0;
box.addEventListener("wheel", (e) => { turned -= e.deltaY; }, { passive: true });
const tick = () => {
  if (!got.on) return;
  const now = new Map(rows().map((r) => [r.dataset.row, r.getBoundingClientRect().top]));
  const view = box.getBoundingClientRect();
  const moves = [...before].filter(([id, top]) => now.has(id) && top < view.bottom && top > view.top - 400)
    .map(([id, top]) => now.get(id) - top);
  if (moves.length) {
    const by = Math.min(...moves);
    moved += by;
    got.shift = Math.max(got.shift, -by, Math.max(...moves) - by, moved - turned);
  } else if (before.size) got.lost = true;
  got.bare = Math.max(got.bare, bare());
  got.frames++;
  before = now;
  requestAnimationFrame(tick);
};
tick();
return null;
`
	stopWatch = watching + `
const got = window.watch;
for (let still = 0, last = NaN; still < 6; ) {
  await frame();
  still = box.scrollTop === last ? still + 1 : 0;
  last = box.scrollTop;
}
got.on = false;
return { ...got, rows: rows().length, left: left(), start: false };
`
)

// TestHistory opens a long conversation on a machine that never had it, so that
// its pages come from the server, and scrolls up to its beginning. WebKitGTK has
// no scroll anchoring of its own: what holds the position is the page's.
func TestHistory(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	app := built(t, "mychat")
	server := startServer(t)
	d := openDesk(t)

	lin := newPerson(ctx, t, server, "lin_wan", "林晚")
	ben := newFriend(ctx, t, server, "ben_2026", "lin_wan")
	lin.accept(ctx, t)
	conv := ben.conversation(ctx, t)
	lin.conversation(ctx, t)
	for i := range historySize {
		from := ben
		if i%5 > 2 {
			from = lin
		}
		from.say(ctx, t, conv, paragraph(i))
	}
	lin.readAll(ctx, t, ben, conv, historySize+1) // The first one says that they are friends.

	w := d.startDriver(ctx, t, app, "--server", server, "--data", t.TempDir())
	must := func(err error) {
		t.Helper()
		if err != nil {
			d.shoot(context.WithoutCancel(ctx), t, "history-failed")
			t.Fatal(err)
		}
	}
	must(w.signIn(ctx, "lin_wan"))
	must(w.click(ctx, conversationRow))
	_, err := w.find(ctx, `//article`)
	must(err)

	t.Run("at the end it follows", func(t *testing.T) {
		for i := range 5 {
			text := fmt.Sprintf("came while reading %d %s", i, paragraph(i))
			ben.say(ctx, t, conv, text)
			_, err := w.find(ctx, message(fmt.Sprintf("came while reading %d ", i)))
			must(err)
			var left float64
			must(w.evalAsync(ctx, watching+`await frame(); await frame(); return left();`, &left))
			if left > 1 {
				t.Errorf("after message %d the list's end is %.1f px below the view", i, left)
			}
		}
	})

	t.Run("the wheel", func(t *testing.T) {
		must(w.evalAsync(ctx, startWatch, nil))
		d.xdotool(ctx, t, "mousemove", "760", "400")
		for i := range 6 {
			d.xdotool(ctx, t, "click", "--repeat", "40", "--delay", "20", "4")
			shot := d.shoot(ctx, t, fmt.Sprintf("history-%d", i))
			if px := bareLines(shot, d.listArea(ctx, t, w)); px > barePx {
				t.Errorf("picture %d has %d px without anything", i, px)
			}
		}
		var got look
		must(w.evalAsync(ctx, stopWatch, &got))
		t.Logf("%d frames, %.0f px up, worst shift %.2f px, most bare %.0f px", got.Frames, got.Left, got.Shift, got.Bare)
		if got.Left < 1000 {
			t.Errorf("the wheel scrolled %.0f px", got.Left)
		}
		if got.Shift >= shiftPx || got.Bare > barePx || got.Lost {
			t.Errorf("worst shift %.2f px, most bare %.0f px, rows lost: %t", got.Shift, got.Bare, got.Lost)
		}
	})

	t.Run("step by step to the beginning", func(t *testing.T) {
		var worst look
		steps := 0
		for ; !worst.Start; steps++ {
			if steps > 1000 {
				t.Fatal("the beginning does not come")
			}
			var got look
			must(w.evalAsync(ctx, stepUp, &got, 450))
			if got.Shift >= shiftPx || got.Bare > barePx || got.Lost {
				t.Errorf("step %d: shift %.2f px, bare %.0f px, row lost: %t", steps, got.Shift, got.Bare, got.Lost)
			}
			worst.Shift, worst.Bare = max(worst.Shift, got.Shift), max(worst.Bare, got.Bare)
			worst.Rows, worst.Frames, worst.Start = max(worst.Rows, got.Rows), worst.Frames+got.Frames, got.Start
		}
		t.Logf("%d steps, %d frames, worst shift %.2f px, most bare %.0f px, at most %d rows mounted",
			steps, worst.Frames, worst.Shift, worst.Bare, worst.Rows)
		if worst.Rows >= historySize/2 {
			t.Errorf("%d rows are mounted at once", worst.Rows)
		}
		_, err := w.find(ctx, message("#0 "))
		must(err)
	})

	t.Run("away from the end it counts", func(t *testing.T) {
		must(w.evalAsync(ctx, startWatch, nil))
		for i := range 3 {
			ben.say(ctx, t, conv, fmt.Sprintf("unseen %d", i))
		}
		_, err := w.find(ctx, `//button[starts-with(@aria-label, "3 new messages")]`)
		must(err)
		var got look
		must(w.evalAsync(ctx, stopWatch, &got))
		if got.Shift >= 1 || !(got.Left > 1000) {
			t.Errorf("new messages moved the list by %.2f px, %.0f px are below", got.Shift, got.Left)
		}
		must(w.click(ctx, `//button[starts-with(@aria-label, "3 new messages")]`))
		_, err = w.find(ctx, message("unseen 2"))
		must(err)
		await(ctx, t, "the list stands at its end", func() error {
			var left float64
			if err := w.evalAsync(ctx, watching+`return left();`, &left); err != nil || left > 1 {
				return fmt.Errorf("%.1f px are below, %w", left, err)
			}
			return nil
		})
	})
}

// paragraph is the text of the i-th message: a word or many, on one line or
// several, in both scripts.
func paragraph(i int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "#%d ", i)
	switch n := i * 7919 % 23; {
	case n%5 == 0:
		b.WriteString(strings.Repeat("山水之间，", n))
	case n%7 == 1:
		for line := range n {
			fmt.Fprintf(&b, "line %d\n", line)
		}
		b.WriteString("end")
	default:
		b.WriteString(strings.Repeat("words of a longer story ", n))
	}
	return strings.TrimSpace(b.String()) + " ."
}

// listArea returns where on the screen the message list is.
func (d *desk) listArea(ctx context.Context, t testing.TB, w *driver) image.Rectangle {
	t.Helper()
	var box struct{ X, Y, Width, Height float64 }
	if err := w.eval(ctx, `return document.querySelector('[data-region="messages"]').getBoundingClientRect().toJSON()`, &box); err != nil {
		t.Fatal(err)
	}
	window := d.xdotool(ctx, t, "search", "--onlyvisible", "--name", "MyChat")
	out, err := d.command(ctx, "xdotool", "getwindowgeometry", "--shell", window).Output()
	if err != nil {
		t.Fatalf("ask where the window is: %v", err)
	}
	at := map[string]int{}
	for line := range strings.Lines(string(out)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		at[name], _ = strconv.Atoi(value)
	}
	return image.Rect(0, 0, int(box.Width), int(box.Height)).Add(image.Pt(at["X"]+int(box.X), at["Y"]+int(box.Y)))
}

// bareLines returns the height of the greatest part of a picture's area whose
// lines are of one colour each: where nothing is drawn.
func bareLines(img image.Image, area image.Rectangle) int {
	area = area.Inset(16) // Not the scroll bar.
	most, run := 0, 0
	for y := area.Min.Y; y < area.Max.Y; y++ {
		run++
		first := img.At(area.Min.X, y)
		for x := area.Min.X; x < area.Max.X; x++ {
			if img.At(x, y) != first {
				run = 0
				break
			}
		}
		most = max(most, run)
	}
	return most
}
